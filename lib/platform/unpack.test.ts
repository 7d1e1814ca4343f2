import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, expect, test } from "vitest";
import { openLineFile } from "./line-file.ts";
import { unpackBudget } from "./unpack.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-unpack-"));
const WHOLE = unpackBudget().left;
afterEach(() => {
  unpackBudget().left = WHOLE;
});
afterAll(() => fs.rmSync(root, { recursive: true }));

function packed(name: string, text: string, cut = 0): string {
  const file = path.join(root, `${name}.gz`);
  const data = gzipSync(text);
  fs.writeFileSync(file, data.subarray(0, data.length - cut));
  return file;
}

test("all that are open share one budget, and give it back", async () => {
  const budget = unpackBudget();
  budget.left = 1000;
  const [one, other] = [packed("one", "x".repeat(600)), packed("other", "y".repeat(600))];
  const first = await openLineFile(one);
  expect(first?.size).toBe(600);
  expect(budget.left).toBe(400);
  await expect(openLineFile(other)).rejects.toMatchObject({
    code: "too_large",
    message: expect.stringContaining("1 GiB"),
  });
  expect(budget.left).toBe(400);
  await first?.close();
  expect(budget.left).toBe(1000);
  const second = await openLineFile(other);
  expect((await second!.read(0, 3)).toString()).toBe("yyy");
  await second!.close();
  expect(budget.left).toBe(1000);
});

test("of a file that was cut off, what there is", async () => {
  const file = await openLineFile(packed("cut", "a line\n".repeat(10), 9));
  expect((await file!.read(0, 7)).toString()).toBe("a line\n");
  await file!.close();
  expect(unpackBudget().left).toBe(WHOLE);
});
