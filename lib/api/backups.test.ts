import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Job } from "#lib/jobs/job.ts";
import { ended } from "#lib/jobs/run.ts";
import { scratchApi } from "./api-rig.ts";

const { call, request } = scratchApi();
let folder: string;
let id: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-api-bak-"));
  fs.mkdirSync(path.join(folder, "below"));
  fs.writeFileSync(path.join(folder, "below/a.txt"), "first words\n");
  fs.writeFileSync(path.join(folder, "b.bin"), Buffer.alloc(300_000, "xyz"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** The job that a call has begun, when it has ended. */
async function over(answer: { status: number; body: Job }): Promise<Job> {
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  await ended(answer.body.id);
  return (await call("GET", `/api/v1/jobs/${answer.body.id}`)).body;
}
const raw = async (target: string, headers: Record<string, string> = {}, method = "GET") => {
  const answer = await request(target, { headers, method });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
};

describe("a folder of the host", { timeout: 60_000 }, () => {
  test("is backed up by an operator, not by a viewer, and listed", async () => {
    const source = { path: folder };
    expect((await call("POST", "/api/v1/backups", { source }, { as: "viewer" })).status).toBe(403);
    expect((await call("POST", "/api/v1/backups", { source: { path: "no" } })).body.code).toBe("validation");
    expect((await call("POST", "/api/v1/backups", { source: { path: "/none-here" } })).body.code).toBe("not_found");
    const job = await over(await call("POST", "/api/v1/backups", { source, note: "by hand" }, { as: "operator" }));
    expect(job).toMatchObject({ kind: "backup", state: "succeeded", subject: `local/path/${folder}`, title: folder });
    id = String(job.result?.backup);
    const { items } = (await call("GET", `/api/v1/backups?source=${encodeURIComponent(job.subject)}`)).body;
    expect(items).toMatchObject([{ id, source, title: folder, files: 2, note: "by hand", damage: null, kept: false }]);
    const pinned = await call("PATCH", `/api/v1/backups/${id}`, { kept: true, note: null }, { as: "operator" });
    expect(pinned.body).toMatchObject({ kept: true, note: null });
  });

  test("is downloaded whole and in parts, with its checksum as tag", async () => {
    const target = `/api/v1/backups/${id}/archive`;
    const { sha256, size } = (await call("GET", `/api/v1/backups/${id}`)).body;
    const whole = await raw(target);
    expect([whole.status, whole.bytes.length, whole.headers.get("etag")]).toEqual([200, size, `"${sha256}"`]);
    expect(createHash("sha256").update(whole.bytes).digest("hex")).toBe(sha256);
    const [head, part, rest, last] = await Promise.all([
      raw(target, {}, "HEAD"),
      raw(target, { range: "bytes=10-19" }),
      raw(target, { range: `bytes=${size - 5}-`, "if-range": `"${sha256}"` }),
      raw(target, { range: "bytes=-3" }),
    ]);
    expect([head.status, head.bytes.length, head.headers.get("content-length")]).toEqual([200, 0, String(size)]);
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 10-19/${size}`]);
    expect(part.bytes.equals(whole.bytes.subarray(10, 20))).toBe(true);
    expect(rest.bytes.equals(whole.bytes.subarray(-5))).toBe(true);
    expect(last.bytes.equals(whole.bytes.subarray(-3))).toBe(true);
    expect((await raw(target, { range: `bytes=${size}-` })).status).toBe(416);
    expect((await raw(target, { range: "bytes=0-4", "if-range": '"other"' })).status).toBe(200);
    expect((await raw(target, { "if-none-match": `"${sha256}"` })).status).toBe(304);
  });

  test("shows what is in it to those who may see secrets", async () => {
    expect((await call("GET", `/api/v1/backups/${id}/archive`, undefined, { as: "operator" })).status).toBe(403);
    const { items } = (await call("GET", `/api/v1/backups/${id}/files?path=/below`)).body;
    expect(items).toMatchObject([{ name: "a.txt", path: "/below/a.txt", type: "file", size: 12 }]);
    const file = await raw(`/api/v1/backups/${id}/file?path=/below/a.txt`);
    expect(String(file.bytes)).toBe("first words\n");
    expect((await raw(`/api/v1/backups/${id}/file?path=/none`)).status).toBe(404);
    const manifest = JSON.parse(String((await raw(`/api/v1/backups/${id}/manifest`)).bytes));
    expect(manifest).toMatchObject({ id, title: folder });
  });

  test("is verified and drilled", async () => {
    expect(await over(await call("POST", `/api/v1/backups/${id}/verify`))).toMatchObject({ state: "succeeded" });
    expect(await over(await call("POST", `/api/v1/backups/${id}/drill`))).toMatchObject({ state: "succeeded" });
    const { drill, drilledAt } = (await call("GET", `/api/v1/backups/${id}`)).body;
    expect([drill.passed, typeof drilledAt]).toEqual([true, "string"]);
  });

  test("is restored in place by its path typed, and that is undone", async () => {
    fs.writeFileSync(path.join(folder, "new.txt"), "came later");
    const target = `/api/v1/backups/${id}/restore`;
    expect((await call("POST", target, { inPlace: true, confirm: folder }, { as: "operator" })).status).toBe(403);
    expect((await call("POST", target, { inPlace: true, confirm: "no" })).body).toMatchObject({
      confirm: folder,
      typed: true,
    });
    const plan = (await call("GET", `/api/v1/backups/${id}/restore-plan?inPlace=1`)).body;
    expect(plan).toMatchObject({ refusal: null, stops: [] });
    const job = await over(await call("POST", target, { inPlace: true, confirm: folder }));
    expect(job).toMatchObject({ state: "succeeded", error: null });
    expect(fs.readdirSync(folder).sort()).toEqual(["b.bin", "below"]);
    expect(await over(await call("POST", `/api/v1/jobs/${job.id}/undo`))).toMatchObject({
      kind: "undo",
      state: "succeeded",
    });
    expect(fs.readdirSync(folder).sort()).toEqual(["b.bin", "below", "new.txt"]);
    expect((await call("POST", `/api/v1/jobs/${job.id}/cancel`)).body.code).toBe("conflict");
  });

  test("that leaves something out replaces nothing: what it does not hold would be lost", async () => {
    const wanted = { source: { path: folder }, exclude: ["below"] };
    const partial = String((await over(await call("POST", "/api/v1/backups", wanted))).result?.backup);
    const { items } = (await call("GET", `/api/v1/backups/${partial}/files`)).body;
    expect(items.map(({ name }: { name: string }) => name)).not.toContain("below");
    const plan = (await call("GET", `/api/v1/backups/${partial}/restore-plan?inPlace=1`)).body;
    expect(plan.refusal).toContain("by pattern");
  });

  test("is removed by an admin", async () => {
    expect((await call("DELETE", `/api/v1/backups/${id}`, undefined, { as: "operator" })).status).toBe(403);
    expect((await call("DELETE", `/api/v1/backups/${id}`)).status).toBe(204);
    expect((await call("GET", `/api/v1/backups/${id}`)).status).toBe(404);
  });
});

test("an archive made elsewhere is adopted, larger than other bodies may be; what is none is refused", async () => {
  fs.writeFileSync(path.join(folder, "large"), randomBytes(2_000_000));
  const bytes = execFileSync("tar", ["-C", folder, "-cz", "."], { maxBuffer: 8e6 });
  const send = async (body: Uint8Array) => {
    const answer = await request("/api/v1/backups/import?title=old%20one", {
      method: "POST",
      raw: new Uint8Array(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  expect(await send(Buffer.from("no archive at all"))).toMatchObject({ status: 400, body: { code: "validation" } });
  const job = await over(await send(bytes));
  expect(job).toMatchObject({ kind: "import", state: "succeeded", subject: "local/docker/old-one" });
  const adopted = (await call("GET", `/api/v1/backups/${job.result?.backup}`)).body;
  expect(adopted).toMatchObject({ title: "old one", source: { volume: "local/docker/old-one" } });
  const hostile = await over(await send(execFileSync("tar", ["-cP", "/etc/hostname"])));
  expect(hostile).toMatchObject({ state: "failed" });
});
