import { expect, test } from "vitest";
import { splitWords } from "./label-words.ts";

test.each([
  ["/bin/sh -c 'pg_dump -U \"$USER\" > /x'", ["/bin/sh", "-c", 'pg_dump -U "$USER" > /x']],
  ['  a   "b c"d  ', ["a", "b cd"]],
  ['a\\ b "c\\"d" "e\\n" \'f\\\'', ["a b", 'c"d', "e\\n", "f\\"]],
  ["say ''", ["say", ""]],
  ['say "never ends', ["say", "never ends"]],
  ["   ", []],
  ["a; rm -rf / && $(b)", ["a;", "rm", "-rf", "/", "&&", "$(b)"]],
])("%s", (text, words) => {
  expect(splitWords(text)).toEqual(words);
});
