import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { SupervisorError } from "../supervisor.ts";
import { connect, translate, unavailable } from "./connect.ts";

const coded = (code: string) => Object.assign(new Error(`connect ${code} /var/run/docker.sock`), { code });
const answered = (statusCode: number, message: string) =>
  Object.assign(new Error("(HTTP code)"), { statusCode, json: { message } });

test.each([
  [coded("ENOENT"), "unreachable"],
  [coded("ECONNREFUSED"), "unreachable"],
  [coded("ECONNRESET"), "unreachable"],
  [coded("EACCES"), "denied"],
  [new Error("socket hang up"), "unreachable"],
  [answered(401, "no"), "denied"],
  [answered(403, "authorization denied by plugin"), "denied"],
  [answered(404, "No such container: x"), "not_found"],
  [answered(409, "Container x is not running"), "refused"],
  [answered(500, "driver failed programming external connectivity"), "refused"],
])("%o is %s", (error, reason) => {
  expect(translate(error, "docker")).toMatchObject({ reason });
});

test("the engine's own words are in the message, an abort and our own errors stay what they are", () => {
  expect((translate(answered(409, "Container x is paused"), "podman") as Error).message).toBe(
    "Podman: Container x is paused",
  );
  const abort = new DOMException("aborted", "AbortError");
  expect(translate(abort, "docker")).toBe(abort);
  const own = new SupervisorError("not_found", "gone");
  expect(translate(own, "docker")).toBe(own);
});

test.each([
  ["ENOENT", "docker", "absent", "sudo systemctl start docker"],
  ["EACCES", "docker", "denied", "sudo usermod -aG docker $USER"],
  ["ENOENT", "podman", "absent", "sudo systemctl start podman.socket"],
  ["EACCES", "podman", "denied", null],
] as const)("%s on %s's socket is %s, with a line to type", (code, scope, status, command) => {
  const probe = unavailable(translate(coded(code), scope), "unix:///run/x.sock", scope);
  expect(probe).toMatchObject({ status, command, hint: expect.stringMatching(/^[A-Z][^.!]+$/) });
});

test("a stream that is given up at the moment it ends takes nothing with it", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-engine-"));
  const server = http.createServer((_, response) => void response.end("x"));
  await new Promise<void>((resolve) => server.listen(path.join(folder, "socket"), resolve));
  const engine = connect(`unix://${folder}/socket`, "docker");
  const uncaught = vi.fn();
  process.on("uncaughtException", uncaught);
  for (let round = 0; round < 10; round += 1) {
    const ending = new AbortController();
    const stream = await engine.stream("/events", {}, ending.signal);
    await new Promise((resolve) =>
      stream
        .on("data", () => ending.abort())
        .on("close", resolve)
        .on("error", resolve),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off("uncaughtException", uncaught);
  expect(uncaught.mock.calls.length).toBe(0);
  engine.close();
  server.close();
  fs.rmSync(folder, { recursive: true });
});
