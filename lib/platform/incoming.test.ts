import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { readEnv } from "./env.ts";

let settings: Record<string, string> = {};
vi.mock("./env.ts", async (original) => ({
  ...(await original<typeof import("./env.ts")>()),
  env: () => readEnv(settings),
}));
const { nonceOf } = await import("./browser-policy.ts");
const { prepareRequests } = await import("./incoming.ts");
const { peerAddress, stampOf } = await import("./peer.ts");

let seen: http.IncomingMessage | undefined;
const server = http.createServer((request, response) => {
  seen = request;
  response.end("answer");
});
server.on("upgrade", (_, socket) => socket.end("upgraded"));
beforeAll(async () => {
  prepareRequests();
  prepareRequests();
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => {
  server.close();
});
afterEach(() => {
  settings = {};
});

/** Speaks HTTP by hand; gives the request as the server read it, and the answer's head. */
async function send(...lines: string[]) {
  const socket = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.end(
    `${[...lines, `Connection: close${lines.some((line) => line.startsWith("Upgrade")) ? ", Upgrade" : ""}`].join("\r\n")}\r\n\r\n`,
  );
  await once(socket, "close");
  const head = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n").slice(1);
  return {
    request: seen!,
    answer: new Headers(
      head.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as [string, string]),
    ),
  };
}

test("what a client writes under the stamp's name is gone, in every spelling", async () => {
  const { request } = await send(
    "GET / HTTP/1.1",
    "Host: x",
    "X-Trihelm-Peer: 6.6.6.6",
    "x-trihelm-peer: 7.7.7.7",
    "X-TRIHELM-PEER: a 8.8.8.8",
  );
  expect(request.headers["x-trihelm-peer"]).toBe(stampOf("127.0.0.1")[1]);
  expect(request.rawHeaders.join("\n")).not.toMatch(/6\.6|7\.7|8\.8/);
});

test("who is no trusted proxy forwards for nobody", async () => {
  const { request } = await send(
    "GET / HTTP/1.1",
    "Host: x",
    "X-Forwarded-For: 203.0.113.5",
    "X-Forwarded-For: 203.0.113.6",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: https",
    "X-Real-IP: 203.0.113.5",
    "Forwarded: for=203.0.113.5",
  );
  expect(Object.keys(request.headers).filter((name) => /forwarded|real-ip/.test(name))).toEqual([]);
  const headers = new Headers(Object.entries(request.headers) as [string, string][]);
  expect(peerAddress(headers)).toBe("127.0.0.1");
});

test.each([
  ["a path", "/a?b=c", "own", { url: "/a?b=c", host: "own" }],
  ["a whole URL", "http://own:7420/a?b=c", "OWN:7420", { url: "/a?b=c", host: "OWN:7420" }],
  ["a whole URL of another host", "http://evil.example/a", "own", { url: "/a", host: "" }],
  ["a whole URL, and Host of another", "http://own/a", "evil.example", { url: "/a", host: "" }],
  ["two slashes are a path", "//evil.example/a", "own", { url: "//evil.example/a", host: "own" }],
])("target: %s", async (_, target, host, { url, host: named }) => {
  const { request } = await send(`GET ${target} HTTP/1.1`, `Host: ${host}`);
  expect([request.url, request.headers.host]).toEqual([url, named]);
});

test("the star of OPTIONS is the whole server", async () => {
  const { request } = await send("OPTIONS * HTTP/1.1", "Host: own");
  expect(request.url).toBe("/");
});

test("two Host lines that differ name no host, whichever is first", async () => {
  for (const target of ["/", "http://own/"])
    expect((await send(`GET ${target} HTTP/1.1`, "Host: own", "HOST: evil.example")).request.headers.host).toBe("");
});

test("a wish for another protocol is an ordinary request", async () => {
  const { request, answer } = await send(
    "GET /socket HTTP/1.1",
    "Host: own",
    "Upgrade: websocket",
    "Origin: http://evil.example",
  );
  expect(request.url).toBe("/socket");
  expect(answer.has("content-security-policy")).toBe(true);
});

test("a page's answer and its request carry the same new nonce, and nothing inline may run", async () => {
  const first = await send("GET /logs HTTP/1.1", "Host: x", "Content-Security-Policy: script-src 'nonce-mine'");
  const policy = first.answer.get("content-security-policy")!;
  expect(first.request.headers["content-security-policy"]).toBe(policy);
  const nonce = nonceOf(first.answer)!;
  expect(nonce).toMatch(/^[\w+/]{22}==$/);
  expect(policy).toContain(`script-src 'nonce-${nonce}' 'strict-dynamic';`);
  expect(policy).not.toMatch(/unsafe|http:|https:|\*/);
  expect(nonceOf((await send("GET /logs HTTP/1.1", "Host: x")).answer)).not.toBe(nonce);
});

test("data may do nothing, the API's page has its style", async () => {
  const policyOf = async (path: string) =>
    (await send(`GET ${path} HTTP/1.1`, "Host: x")).answer.get("content-security-policy");
  for (const path of ["/api/v1/services", "/api/auth/x", "/api/v1/docsx", "/api/v1/docs/x"])
    expect(await policyOf(path), path).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  for (const path of ["/api/v1/docs", "/api/v1/docs?x"]) expect(await policyOf(path), path).toContain("'nonce-");
});

test("strict transport only where the address is https", async () => {
  const hsts = async () => (await send("GET / HTTP/1.1", "Host: x")).answer.get("strict-transport-security");
  expect(await hsts()).toBeNull();
  settings = { TRIHELM_BASE_URL: "http://hel.example" };
  expect(await hsts()).toBeNull();
  settings = { TRIHELM_BASE_URL: "https://hel.example" };
  expect(await hsts()).toBe("max-age=31536000");
});
