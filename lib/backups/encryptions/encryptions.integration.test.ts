import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Encrypter } from "age-encryption";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import type { NewEncryption } from "../shapes.ts";
import { createEncryption, deleteEncryption, listEncryptions, requireEncryption } from "./encryptions.ts";
import { recoveryKit } from "./kit.ts";
import { canUnlock, lockFor, unlockFor } from "./locks.ts";

const PASSPHRASE = "canary horse battery staple";
let scratch: Awaited<ReturnType<typeof openScratch>>;
let folder: string;

beforeAll(async () => {
  scratch = await openScratch();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-kit-"));
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true });
  await scratch.close();
});

const make = (wanted: NewEncryption) => createEncryption({ ...wanted, name: `${wanted.name} ${randomUUID()}` });
const kitOf = async (id: string) => recoveryKit(await requireEncryption(id));
const backup = (encryption: string) => ({ extra: JSON.stringify({ title: "wa-db", encryption }) });

/** A tar as archives hold one, closed to a lock. */
async function archive(lock: Awaited<ReturnType<typeof lockFor>>): Promise<string> {
  fs.writeFileSync(path.join(folder, "a.txt"), "what was kept");
  const tar = spawnSync("sh", ["-c", 'tar -C "$1" -cf - ./a.txt | zstd -3', "-", folder]);
  const encrypter = new Encrypter();
  if (lock.kind === "recipient") encrypter.addRecipient(lock.recipient);
  else encrypter.setPassphrase(lock.passphrase);
  const file = path.join(folder, "x.tar.zst.age");
  fs.writeFileSync(file, await encrypter.encrypt(new Uint8Array(tar.stdout)));
  return file;
}

describe("a generated pair", () => {
  test("the line that the kit prints, done as it says by the tools it names, gives the content", async () => {
    const { id, recipient, readable } = await make({ kind: "generated", name: "nightly" });
    expect(readable).toBe(true);
    const kit = await kitOf(id);
    const key = /^ {2}(AGE-SECRET-KEY-1[A-Z0-9]+)$/m.exec(kit)![1]!;
    const line = /^ {2}(age -d -i .*\n.*)$/m.exec(kit)![1]!;
    const file = await archive(await lockFor(id));
    fs.writeFileSync(path.join(folder, "key.txt"), `${key}\n`);
    const out = path.join(folder, "out");
    fs.mkdirSync(out);
    const command = line.replace("key.txt", path.join(folder, "key.txt")).replace("{time}.tar.zst.age", file);
    const done = spawnSync("sh", ["-c", command], { cwd: out, encoding: "utf8" });
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(fs.readFileSync(path.join(out, "a.txt"), "utf8")).toBe("what was kept");
    expect(await unlockFor(backup(id))).toEqual({ kind: "identity", identity: key });
    expect(kit).toContain(recipient);
    expect(Math.max(...kit.split("\n").map((row) => row.length))).toBeLessThanOrEqual(80);
  });

  test("no secret is in what is listed or kept", async () => {
    const { id } = await make({ kind: "generated", name: "canary" });
    await make({ kind: "passphrase", name: "phrase", passphrase: PASSPHRASE });
    const secret = (await unlockFor(backup(id))) as { identity: string };
    const told = JSON.stringify([await listEncryptions(), await db().encryption.findMany()]);
    expect(told).not.toContain(secret.identity);
    expect(told).not.toContain("canary horse");
  });
});

test("a passphrase closes and opens, and stands in its kit", async () => {
  const { id, recipient } = await make({ kind: "passphrase", name: "phrase", passphrase: PASSPHRASE });
  expect(recipient).toBeNull();
  expect(await lockFor(id)).toEqual({ kind: "passphrase", passphrase: PASSPHRASE });
  expect(await unlockFor(backup(id))).toEqual({ kind: "passphrase", passphrase: PASSPHRASE });
  expect(await kitOf(id)).toContain(`  ${PASSPHRASE}\n`);
});

describe("a recipient alone", () => {
  test("closes, and only its owner opens", async () => {
    const { stdout: key } = spawnSync("age-keygen", [], { encoding: "utf8" });
    const recipient = /public key: (age1\w+)/.exec(key)![1]!;
    const { id, readable } = await make({ kind: "recipient", name: "mine", recipient });
    expect(readable).toBe(false);
    expect(await canUnlock(backup(id))).toBe(false);
    await expect(unlockFor(backup(id))).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Only the owner/),
    });
    expect(await kitOf(id)).toContain("The private key is with its owner");
    const file = await archive(await lockFor(id));
    fs.writeFileSync(path.join(folder, "own.txt"), key);
    const { status } = spawnSync("age", ["-d", "-i", path.join(folder, "own.txt"), "-o", "/dev/null", file]);
    expect(status).toBe(0);
  });

  test.each([
    "age1",
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
    "ssh-ed25519 AAAA",
    "AGE-SECRET-KEY-1QQ",
  ])("%s is refused", async (recipient) => {
    await expect(make({ kind: "recipient", name: "x", recipient })).rejects.toMatchObject({ code: "validation" });
  });
});

test("a key that opens backups, or that a plan uses, is not forgotten", async () => {
  const { id } = await make({ kind: "generated", name: "used" });
  const row = {
    ...{
      id: "b",
      source: "{}",
      sourceKey: "local/docker/x",
      host: "local",
      createdAt: new Date(),
      size: 1,
      originalSize: 1,
    },
    ...{ files: 1, sha256: "", consistency: "live", encrypted: true, toolName: "", toolVersion: "", ...backup(id) },
  };
  await db().backup.create({ data: row });
  await expect(deleteEncryption(id)).rejects.toMatchObject({ code: "conflict" });
  await db().backup.delete({ where: { id: "b" } });
  await deleteEncryption(id);
  expect((await listEncryptions()).map((one) => one.id)).not.toContain(id);
});
