import { argon2Sync } from "node:crypto";
import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./password.ts";

const FORM = /^\$argon2id\$v=19\$m=65536,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/;
const SALT = "c29tZXNhbHRzb21lc2FsdA";

/** A hash with small parameters, as an older version might have left it. */
function older(password: string): string {
  const nonce = Buffer.from(SALT, "base64");
  const hash = argon2Sync("argon2id", {
    message: password,
    nonce,
    tagLength: 32,
    memory: 64,
    passes: 1,
    parallelism: 1,
  });
  return `$argon2id$v=19$m=64,t=1,p=1$${SALT}$${hash.toString("base64").replace(/=+$/, "")}`;
}

test("a password is known again by its hash, and each hash is another one", async () => {
  const [one, two] = [await hashPassword("correct horse"), await hashPassword("correct horse")];
  for (const hash of [one, two]) expect(hash).toMatch(FORM);
  expect(one).not.toBe(two);
  expect(await verifyPassword(one, "correct horse")).toBe(true);
  expect(await verifyPassword(one, "correct horsf")).toBe(false);
});

test("the parameters are those beside the hash", async () => {
  const hash = older("correct horse");
  expect(await verifyPassword(hash, "correct horse")).toBe(true);
  expect(await verifyPassword(hash.replace("t=1", "t=2"), "correct horse")).toBe(false);
  expect(await verifyPassword(hash.replace("m=64", "m=128"), "correct horse")).toBe(false);
});

test.each(["correct horsf", "correct horse ", "Correct horse", "", "correct", "correct horse\0"])(
  "%j is another password",
  async (other) => {
    expect(await verifyPassword(older("correct horse"), other)).toBe(false);
  },
);

test("signs that look the same and are written differently are the same password", async () => {
  expect(await verifyPassword(older("caf\u00e9 au lait"), "cafe\u0301 au lait")).toBe(true);
});

test.each([
  "",
  "correct horse",
  "$2b$10$abcdefghijklmnopqrstuuO1xvTR0mYk6wJq2yq3m1Yb0X1Yb0X1Y",
  older("correct horse").replace("argon2id", "argon2i"),
  older("correct horse").replace("m=64", "m=99999999"),
  older("correct horse").replace(/[^$]+$/, ""),
  `${older("correct horse")}\n`,
])("%j is no hash that lets anybody in", async (hash) => {
  expect(await verifyPassword(hash, "correct horse")).toBe(false);
});

test("many at once are all answered, each rightly", async () => {
  const hash = older("correct horse");
  const tries = Array.from({ length: 30 }, (_, n) => verifyPassword(hash, n % 3 ? `wrong ${n}` : "correct horse"));
  expect(await Promise.all(tries)).toEqual(Array.from({ length: 30 }, (_, n) => n % 3 === 0));
});
