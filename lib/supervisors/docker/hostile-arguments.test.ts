/**
 * What reaches the engine, whatever an adapter is asked: paths of our own with ids of the engine's own shape in them. The
 * engine is a socket that records requests as they come over the wire.
 */
import { ChildProcess } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  actions,
  actOptions,
  CASES,
  historyQueries,
  logQueries,
  names,
  outcome,
  PATIENCE,
  sip,
} from "../hostile-arguments.ts";
import type { LogHistory, Supervisor } from "../supervisor.ts";
import { createDocker } from "./adapter.ts";

vi.mock("#lib/platform/clock.ts", async (original) => {
  const clock = await original<typeof import("#lib/platform/clock.ts")>();
  // pauses between tries are none here, patience with a silent stream stays
  const sleep: typeof clock.sleep = (milliseconds, signal) =>
    clock.sleep(milliseconds < 5000 ? 0 : milliseconds, signal);
  return { ...clock, sleep };
});

const IDS: Record<string, string> = { web: "a".repeat(64), "db.1_x-y": "0123456789ab", A: "b".repeat(64) };
const KNOWN = Object.keys(IDS);
/** what a hostile engine, or something between, could put into its list */
const STRANGERS = [
  { Id: "../info", Names: ["/up"] },
  { Id: "a".repeat(65), Names: ["/long"] },
  { Id: "A".repeat(64), Names: ["/upper"] },
  { Id: "c".repeat(64), Names: ["/../../info", "/x\ny"] },
];

const requests: { method: string; url: string }[] = [];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-engine-"));
const spawned = vi.spyOn(ChildProcess.prototype as unknown as { spawn(options: object): number }, "spawn");
let server: http.Server;
let docker: Supervisor & LogHistory;

beforeAll(async () => {
  server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(path.join(folder, "engine"), resolve));
  docker = createDocker({ host: "local", endpoint: `unix://${folder}/engine`, cgroupRoot: folder });
  await docker.list();
});
beforeEach(() => void requests.splice(0));
afterAll(() => {
  docker.close();
  server.close();
  fs.rmSync(folder, { recursive: true });
});

const shaped = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,12}$/);
const cursor = fc
  .tuple(fc.constantFrom("2026-11-21T10:00:00.123456789Z", "1970-01-01T00:00:00Z"), fc.nat(99), fc.nat())
  .map(([time, ordinal, mark]) => `${time}/${ordinal}/${mark.toString(36)}`);
const call = fc.oneof(
  fc.record({ kind: fc.constant("act" as const), action: actions, options: actOptions }),
  fc.record({ kind: fc.constant("inspect" as const) }),
  fc.record({ kind: fc.constant("logs" as const), query: logQueries(cursor) }),
  fc.record({ kind: fc.constant("history" as const), query: historyQueries(cursor) }),
);

test("only ids of the engine's shape stand in a path, and only those of that very name", {
  timeout: PATIENCE,
}, async () => {
  const told = { act: 0, logs: 0, refused: 0 };
  const property = fc.asyncProperty(names([...KNOWN, "up"], shaped), call, async (name, what) => {
    requests.length = 0;
    const ending = new AbortController();
    const end = await outcome(async () => {
      if (what.kind === "act") await docker.act(name, what.action, what.options);
      else if (what.kind === "inspect") await docker.inspect(name);
      else if (what.kind === "logs") await sip(docker.logs(name, what.query, ending.signal), ending);
      else await docker.history(name, what.query, ending.signal);
    });
    const id = Object.hasOwn(IDS, name) ? IDS[name] : undefined;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name.length > 255 || name.endsWith("\n")) {
      expect(end).not.toBe("done");
      expect(requests).toEqual([]);
      told.refused += 1;
    }
    for (const request of requests) checkRequest(request, id, what);
    told.act += requests.filter(({ method }) => method === "POST").length;
    told.logs += requests.filter(({ url }) => url.includes("/logs?")).length;
  });
  await fc.assert(property, { numRuns: CASES });
  // the recorder saw what it is there for
  for (const count of Object.values(told)) expect(count).toBeGreaterThan(CASES / 25);
  expect(spawned).not.toHaveBeenCalled();
});

const TIME = /^-?\d{1,15}(\.\d{1,9})?$/;
const QUERY: Record<string, RegExp> = {
  t: /^\d{1,10}$/,
  signal: /^SIG[A-Z0-9]+(\+\d{1,2})?$/,
  all: /^true$/,
  ...{ stdout: /^true$/, stderr: /^true$/, timestamps: /^true$/, follow: /^(true|false)$/, tail: /^\d{1,8}$/ },
  ...{ since: TIME, until: TIME },
  filters:
    /^\{"(type|container|id|event)":\[("[a-z0-9_]{2,64}",?)+\](,"(type|container|id|event)":\[("[a-z0-9_]{2,64}",?)+\])*\}$/,
};

function checkRequest(
  { method, url }: (typeof requests)[number],
  id: string | undefined,
  what: { kind: string; action?: string },
): void {
  const [place = "", query = ""] = url.split("?");
  for (const [key, value] of new URLSearchParams(query)) {
    expect(Object.keys(QUERY), url).toContain(key);
    expect(value).toMatch(QUERY[key] as RegExp);
  }
  if (method === "POST") {
    // nothing but the action that was asked for, on the container that bears this very name
    expect([what.kind, place]).toEqual(["act", `/containers/${id}/${what.action}`]);
    return;
  }
  expect(method).toBe("GET");
  if (/^\/(version|events|containers\/json)$/.test(place) || /^\/images\/[a-f0-9]{64}\/json$/.test(place)) return;
  const [, of, part] = /^\/containers\/([a-f0-9]{12,64})\/(json|logs|stats)$/.exec(place) ?? [];
  // the list looks again at a container that something was done to
  if (part === "json") expect([...Object.values(IDS), "c".repeat(64)], url).toContain(of);
  else expect([of, part], url).toEqual([id, "logs"]);
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const [place = ""] = (request.url ?? "").split("?");
  requests.push({ method: request.method ?? "", url: request.url ?? "" });
  request.resume();
  if (request.method === "POST") return void response.writeHead(204).end();
  if (place.endsWith("/logs")) return void response.end(FRAMES);
  response.setHeader("content-type", "application/json");
  if (place === "/version") return void response.end('{"Version":"1"}');
  if (place === "/containers/json") return void response.end(JSON.stringify(LIST));
  if (place.startsWith("/images/")) return void response.end("{}");
  const id = place.split("/")[2] ?? "";
  // who waits for the next run of a container hears that it is gone
  if (place === "/events") {
    const waiting = /"container":\["([a-f0-9]+)"\]/.exec(decodeURIComponent(request.url ?? ""))?.[1];
    const event = { Type: "container", Action: "destroy", Actor: { ID: waiting ?? "" }, timeNano: 1 };
    return void response.end(`${JSON.stringify(event)}\n`);
  }
  const state = { Status: "exited", ExitCode: 0, FinishedAt: "2026-11-21T10:00:00Z" };
  response.end(JSON.stringify({ Id: id, State: state, Config: {}, Image: `sha256:${"d".repeat(64)}` }));
}

const LIST = [
  ...Object.entries(IDS).map(([name, Id]) => ({
    Id,
    Names: [`/${name}`],
    State: "exited",
    Status: "Exited (0) 2 days ago",
  })),
  ...STRANGERS.map((one) => ({ ...one, State: "exited", Status: "Exited (0) 2 days ago" })),
];

const FRAMES = Buffer.concat(
  ["2026-11-21T10:00:00.123456789Z one\n", "2026-11-21T10:00:01.000000000Z two\n"].map((line) => {
    const header = Buffer.alloc(8);
    header[0] = 1;
    header.writeUInt32BE(line.length, 4);
    return Buffer.concat([header, Buffer.from(line)]);
  }),
);
