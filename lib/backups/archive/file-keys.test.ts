import { expect, test } from "vitest";
import { fileKeyOf } from "./file-keys.ts";

const header = (name: string) => Buffer.from(name);

test("a key is found once, one at a time, and a failure is not remembered", async () => {
  let busy = 0;
  let most = 0;
  let opened = 0;
  const open = async () => {
    busy += 1;
    most = Math.max(most, busy);
    await new Promise((resolve) => setTimeout(resolve, 5));
    busy -= 1;
    opened += 1;
    return new Uint8Array([opened]);
  };
  const [one, same, other] = await Promise.all([
    fileKeyOf(header("one"), "words", open),
    fileKeyOf(header("one"), "words", open),
    fileKeyOf(header("one"), "other words", open),
    fileKeyOf(header("two"), "words", open),
  ]);
  expect([opened, most]).toEqual([3, 1]);
  expect(one).toBe(same);
  expect(one).not.toBe(other);
  await expect(fileKeyOf(header("three"), "wrong", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await fileKeyOf(header("three"), "wrong", open)).toEqual(new Uint8Array([4]));
});

test("not more than a few are kept", async () => {
  let opened = 0;
  const open = async () => new Uint8Array([++opened]);
  for (let n = 0; n < 40; n += 1) await fileKeyOf(header(`archive ${n}`), "words", open);
  await fileKeyOf(header("archive 39"), "words", open);
  expect(opened).toBe(40);
  await fileKeyOf(header("archive 0"), "words", open);
  expect(opened).toBe(41);
});
