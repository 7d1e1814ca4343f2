import { expect, test } from "vitest";
import { visible } from "./visible.ts";

test.each([
  ["caddy.service", "caddy.service"],
  ["اسم-الخدمة", "اسم-الخدمة"],
  ["👩‍👩‍👧", "👩‍👩‍👧"],
  ["evil\u202egnp.exe", "evil\\u202egnp.exe"],
  ["a\nb\t\u0085", "a\\u000ab\\u0009\\u0085"],
])("%j is shown as %j", (text, shown) => {
  expect(visible(text)).toBe(shown);
});
