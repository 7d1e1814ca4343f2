import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { hashSecret, randomCode, randomToken, sameSecret, serverSecret } from "./secret.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

test("tokens carry 256 bits and are safe everywhere; no two are alike", () => {
  const tokens = Array.from({ length: 1000 }, randomToken);
  expect(new Set(tokens).size).toBe(1000);
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test("codes hold no sign that is read as another", () => {
  const codes = Array.from({ length: 1000 }, () => randomCode());
  for (const code of codes) expect(code).toMatch(/^[2-9A-HJ-NP-Z]{8}$/);
  expect(new Set(codes.join("")).size).toBe(32);
  expect(new Set(codes).size).toBe(1000);
});

test("secrets are compared whole, whatever their lengths", () => {
  expect(sameSecret("abc", "abc")).toBe(true);
  for (const [left, right] of [
    ["abc", "abd"],
    ["abc", "ab"],
    ["", "a"],
    ["abc", "ABC"],
  ] as const)
    expect(sameSecret(left, right)).toBe(false);
  expect(hashSecret("abc")).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
});

test("the server's own secret is made once and readable by its user alone", () => {
  const secret = serverSecret();
  expect(serverSecret()).toBe(secret);
  const file = path.join(scratch.folder, "secret");
  expect(fs.readFileSync(file, "utf8").trim()).toBe(secret);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
});
