import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeRemote } from "./remote-rig.ts";
import { openSftp } from "./sftp.ts";
import { type SftpStand, startSftp } from "./sftp-rig.ts";

const never = new AbortController().signal;

function open(
  stand: SftpStand,
  folder: string,
  more: { password?: string; privateKey?: string; hostKey?: string } = {},
) {
  const { hostKey = stand.hostKey, ...secrets } = more;
  return openSftp(
    { host: "127.0.0.1", port: stand.port, user: stand.user, folder, hostKey },
    Object.keys(secrets).length > 0 ? secrets : { password: stand.password },
  );
}

const files = (folder: string) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : []));

describeRemote("SFTP", async () => {
  const stand = await startSftp();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-sftp-"));
  return {
    remote: open(stand, path.join(folder, "below", "this")),
    leftovers: async () => files(folder),
    async close() {
      await stand.close();
      fs.rmSync(folder, { recursive: true });
    },
  };
});

describe("SFTP", { timeout: 60_000 }, () => {
  let stand: SftpStand;
  let folder: string;
  beforeEach(async () => {
    stand = await startSftp();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-sftp-"));
  });
  afterEach(async () => {
    await stand.close();
    fs.rmSync(folder, { recursive: true });
  });
  const put = (remote: ReturnType<typeof open>, text = "data") =>
    remote.put("a/k", Readable.from([Buffer.from(text)]), { size: text.length, signal: never });

  test("signs in by key as well, and keeps what it writes to itself", async () => {
    const remote = open(stand, folder, { privateKey: stand.privateKey });
    await put(remote);
    expect(fs.readFileSync(path.join(folder, "a/k"), "utf8")).toBe("data");
    expect(fs.statSync(path.join(folder, "a/k")).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.join(folder, "a")).mode & 0o777).toBe(0o700);
    expect(remote.tells("a/k")).toBe(`sftp://127.0.0.1${folder}/a/k`);
    remote.close();
  });

  test("a server with another key is told nothing", async () => {
    const hostKey = `SHA256:${"A".repeat(43)}`;
    const error = await put(open(stand, folder, { hostKey })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "conflict", message: expect.stringContaining(stand.hostKey) });
    expect(String(error)).not.toContain(stand.password);
    expect(files(folder)).toEqual([]);
  });

  test("a wrong password is told without it", async () => {
    const error = await put(open(stand, folder, { password: "wrong-canary" })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "action_failed", message: expect.stringMatching(/did not accept/) });
    expect(String(error)).not.toContain("canary");
  });

  test("a connection that is lost in the middle fails the put, and the next makes it anew", async () => {
    const remote = open(stand, folder);
    let given = 0;
    const slow = new Readable({
      read() {
        given += 1;
        if (given === 40) stand.cut();
        this.push(Buffer.alloc(1024 * 1024));
      },
    });
    await expect(remote.put("a/k", slow, { size: null, signal: never })).rejects.toMatchObject({
      code: "action_failed",
    });
    await put(remote, "whole");
    expect(files(folder)).toEqual([path.join(folder, "a/k")]);
    expect(stand.connections).toBeGreaterThan(1);
    remote.close();
  });

  test("a place that is closed right behind a read leaves no error that nobody hears", async () => {
    const remote = open(stand, folder);
    await put(remote, "whole");
    expect(String(await buffer(await remote.get("a/k", { signal: never })))).toBe("whole");
    remote.close();
    await sleep(200);
  });

  test("one connection serves many calls", async () => {
    const remote = open(stand, folder);
    for (let n = 0; n < 5; n += 1) await put(remote);
    await remote.list("", never);
    expect(stand.connections).toBe(1);
    remote.close();
  });
});
