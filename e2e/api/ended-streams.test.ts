/** Whoever loses a right loses the streams that it opened, within a second and whoever took it; others keep theirs. */
import http from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type OwnServer, startOwnServer } from "../stage/own-server.ts";
import { addUser, PASSWORD, signIn } from "../stage/people.ts";

const SERVICE = "local/docker/wa-scheduler-api";
const STREAMS = [
  "/api/v1/events",
  `/api/v1/services/${SERVICE}/logs?follow=1&tail=1`,
  `/api/v1/logs?service=${encodeURIComponent(SERVICE)}&service=${encodeURIComponent("local/docker/umami-db")}&follow=1&tail=1`,
];
const SECOND = 1000;
const OTHER = "another long password";

type Headers = Record<string, string>;
interface Open {
  target: string;
  closed: Promise<number>;
  isOpen: () => boolean;
}

let server: OwnServer;
let admin: Headers;
const requests = new Set<http.ClientRequest>();

beforeAll(async () => {
  server = await startOwnServer();
  addUser(server, "admin", "admin");
  admin = { cookie: await signIn(server, "admin") };
}, 60_000);
afterAll(() => server?.stop(), 30_000);
afterEach(() => {
  for (const request of requests) request.destroy();
  requests.clear();
});

/** Calls the API as the admin. */
async function change(method: string, target: string, body?: unknown, headers = admin): Promise<string> {
  const answer = await server.ask(target, { method, headers, body });
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.body}`);
  return answer.body;
}

async function newUser(name: string, more: object = {}): Promise<Headers> {
  await change("POST", "/api/v1/users", { name, role: "operator", password: PASSWORD, ...more });
  return { cookie: await signIn(server, name) };
}

async function newToken(user: string): Promise<Headers> {
  const made = JSON.parse(await change("POST", "/api/v1/tokens", { name: "ci", user })) as {
    id: string;
    token: string;
  };
  return { authorization: `Bearer ${made.token}`, id: made.id };
}

/** Resolves when the stream has begun. */
function open(target: string, { id: _, ...headers }: Headers): Promise<Open> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${server.url}${target}`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`${target}: ${response.statusCode}`));
      let over = false;
      const closed = new Promise<number>((done) => {
        const end = () => {
          over = true;
          done(performance.now());
        };
        response.once("end", end).once("close", end).on("error", end);
      });
      response.once("data", () => resolve({ target, closed, isOpen: () => !over }));
      response.resume();
    });
    request.on("error", (error) => reject(error));
    requests.add(request);
  });
}

const openAll = (headers: Headers) => Promise.all(STREAMS.map((target) => open(target, headers)));

const ACTS: Record<string, (user: string, headers: Headers) => Promise<unknown>> = {
  "disabled by an admin": (user) => change("PATCH", `/api/v1/users/${user}`, { disabled: true }),
  "disabled from the command line": async (user) => server.cli(["user", "disable", "--name", user]),
  "given another role": (user) => change("PATCH", `/api/v1/users/${user}`, { role: "viewer" }),
  "narrowed to other services": (user) => change("PATCH", `/api/v1/users/${user}`, { services: ["local/systemd/*"] }),
  "given another password by an admin": (user) => change("PATCH", `/api/v1/users/${user}`, { password: OTHER }),
  "given another password from the command line": async (user) =>
    server.cli(["user", "set-password", "--name", user], OTHER),
  "signed out everywhere by an admin": (user) => change("DELETE", `/api/v1/users/${user}/sessions`),
  deleted: (user) => change("DELETE", `/api/v1/users/${user}`),
  "signed out": (_, headers) => change("POST", "/api/auth/sign-out", {}, headers),
  "given another password by themselves": (_, headers) =>
    change("POST", "/api/auth/change-password", { currentPassword: PASSWORD, newPassword: OTHER }, headers),
};

test.each(Object.keys(ACTS))("a person who is %s", { timeout: 30_000 }, async (act) => {
  const user = `u-${act.replaceAll(" ", "-")}`.slice(0, 60);
  const headers = await newUser(user);
  const [streams, others] = [await openAll(headers), await openAll(admin)];
  await ACTS[act]?.(user, headers);
  await endWithin(streams, performance.now());
  expect(others.filter((stream) => !stream.isOpen())).toEqual([]);
});

test.each([
  ["revoked", (id: string) => change("DELETE", `/api/v1/tokens/${id}`)],
  [
    "its owner's who is disabled from the command line",
    async () => server.cli(["user", "disable", "--name", "u-token-1"]),
  ],
])("a token that is %s", { timeout: 30_000 }, async (act, end) => {
  const user = act === "revoked" ? "u-token-0" : "u-token-1";
  await newUser(user);
  const [token, other] = [await newToken(user), await newToken("admin")];
  const [streams, others] = [await openAll(token), await openAll(other)];
  await end(token.id ?? "");
  await endWithin(streams, performance.now());
  expect(others.filter((stream) => !stream.isOpen())).toEqual([]);
});

test("a token whose time has come", { timeout: 30_000 }, async () => {
  const headers = await newUser("u-late");
  const { id = "", ...token } = await newToken("u-late");
  const ends = new Date(Date.now() + 4 * SECOND);
  server.database((database) => {
    const kept = database.prepare("SELECT typeof(createdAt) AS type FROM ApiToken WHERE id = ?").get(id) as {
      type: string;
    };
    const at = kept.type === "text" ? ends.toISOString().replace("Z", "+00:00") : ends.getTime();
    database.prepare("UPDATE ApiToken SET expiresAt = ? WHERE id = ?").run(at, id);
  });
  const streams = await openAll(token);
  const others = await openAll(headers);
  const left = ends.getTime() - Date.now();
  await endWithin(streams, performance.now() + left);
  expect(others.filter((stream) => !stream.isOpen())).toEqual([]);
});

/** All of them, no later than a second behind that moment; `since` may lie ahead. */
async function endWithin(streams: readonly Open[], since: number): Promise<void> {
  const late = new Promise<number>((resolve) =>
    setTimeout(resolve, Math.max(0, since - performance.now()) + 5 * SECOND, Number.POSITIVE_INFINITY),
  );
  for (const { target, closed } of streams)
    expect(Math.round((await Promise.race([closed, late])) - since), `${target}, milliseconds`).toBeLessThanOrEqual(
      SECOND,
    );
}
