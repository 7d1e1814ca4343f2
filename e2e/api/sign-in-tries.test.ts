/** Guessing passwords, in bulk, from many addresses that are real ones here and many more that are only claimed. */
import fs from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, type OwnServer, startOwnServer } from "../stage/own-server.ts";
import { addUser, PASSWORD, signIn } from "../stage/people.ts";

const TRIES = 10_000;
const AT_ONCE = 12;
/** what the sign-in page promises: 5 wrong ones lock an address, and no more than 100 a minute are looked at from all together */
const PER_ADDRESS = 5;
const PER_MINUTE = 100;

let server: OwnServer;
const startedAt = Date.now();

beforeAll(async () => {
  server = await startOwnServer();
  addUser(server, "mara", "admin");
  const headers = { cookie: await signIn(server, "mara") };
  const body = { name: "jon", role: "viewer", password: PASSWORD };
  expect((await server.ask("/api/v1/users", { method: "POST", headers, body })).status).toBe(201);
}, 60_000);
afterAll(() => server?.stop(), 30_000);

function guess(username: string, from: string, headers: Record<string, string> = {}): Promise<Answer> {
  const body = { username, password: `wrong ${Math.random()}` };
  return server.ask("/api/auth/sign-in/username", { method: "POST", from, headers, body });
}

test("a name that nobody has takes as long as one that somebody has, and is told the same", {
  timeout: 180_000,
}, async () => {
  const times: Record<string, number[]> = { jon: [], nobody: [] };
  const words = new Set<string>();
  for (let round = 0; round < 18; round += 1)
    // turn and turn about, so that a busy machine is busy for both
    for (const name of round % 2 === 0 ? ["jon", "nobody"] : ["nobody", "jon"]) {
      const before = performance.now();
      const { status, body } = await guess(
        name === "jon" ? name : `nobody-${round}`,
        `127.1.${name.length}.${round + 1}`,
      );
      times[name]?.push(performance.now() - before);
      words.add(`${status} ${body}`);
    }
  expect([...words]).toHaveLength(1);
  const [known, unknown] = [median(times.jon), median(times.nobody)];
  // without a hash to compare with, an answer would take a tenth of it at most
  expect(Math.max(known, unknown) / Math.min(known, unknown), `${known} ms, ${unknown} ms`).toBeLessThan(1.6);
});

test("ten thousand tries: few are looked at, and the admin gets in all the same", { timeout: 900_000 }, async () => {
  const before = resident();
  const looked = new Map<string, number>();
  const statuses = new Map<number, number>();
  const one = async (index: number) => {
    const from = `127.2.0.${(index % 97) + 1}`;
    const claimed = `10.${index % 256}.${(index >> 8) % 256}.7`;
    const spoofed: Record<string, string>[] = [
      { "x-forwarded-for": claimed },
      { "x-forwarded-for": `127.0.0.1, ${claimed}` },
      { "x-real-ip": claimed, forwarded: `for=${claimed}`, "x-client-ip": claimed, "cf-connecting-ip": claimed },
      { "x-trihelm-address": claimed, "x-trihelm-peer": claimed, "true-client-ip": claimed },
    ];
    const name = ["mara", "jon", "MARA", `nobody-${index}`, "x".repeat(64)][index % 5] ?? "";
    const { status } = await guess(name, from, spoofed[index % 4]);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status !== 429) looked.set(from, (looked.get(from) ?? 0) + 1);
  };
  const indexes = Array.from({ length: TRIES }, (_, index) => index).values();
  const worker = async () => {
    for (const index of indexes) await one(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));

  expect([...statuses.keys()].sort()).toEqual([401, 429]);
  const minutes = Math.ceil((Date.now() - startedAt) / 60_000) + 1;
  expect(statuses.get(401) ?? 0).toBeLessThanOrEqual(PER_MINUTE * minutes);
  for (const [address, count] of looked) expect(count, address).toBeLessThanOrEqual(PER_ADDRESS);
  // a try that is not looked at leaves no row in the trail, and in memory no more than what is collected in time
  const rows = server.database((database) => database.prepare("SELECT count(*) AS n FROM AuditEntry").get()) as {
    n: number;
  };
  expect(rows.n).toBeLessThan((PER_MINUTE * minutes + 100) * 2);
  expect(resident() - before).toBeLessThan(512 * 1024 * 1024);
  // from where she is signed in already
  await expect(signIn(server, "mara")).resolves.toContain("session_token");
});

test("the right password from an address that is locked is not looked at either", async () => {
  const body = { username: "jon", password: PASSWORD };
  const answer = await server.ask("/api/auth/sign-in/username", { method: "POST", from: "127.2.0.1", body });
  expect(answer.status).toBe(429);
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  expect(answer.headers["set-cookie"]).toBeUndefined();
});

function median(values: number[] = []): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Bytes that the server has in memory. */
function resident(): number {
  const status = fs.readFileSync(`/proc/${server.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
