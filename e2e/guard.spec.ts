import net from "node:net";
import { expect, test } from "./fixtures.ts";
import { as, url } from "./stage/stage.ts";

const { hostname, port } = new URL(url);
const own = `${hostname}:${port}`;
const DATA = "/api/v1/services";
const EVERYWHERE = [DATA, "/api/v1/setup", "/api/v1/events", "/api/v1/nothing", "/", "/logs", "/sign-in"];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const FOREIGN = [
  "evil.example",
  `evil.example:${port}`,
  `${hostname}.evil.example`,
  "localhost.evil.example",
  "localhost.",
  `${own}.`,
  `${own}/`,
  `user:password@${own}`,
  `evil.example@${own}`,
  `${own}@evil.example`,
  `${own}, evil.example`,
  `${own} evil.example`,
  `${hostname}:`,
  `${hostname}:999999`,
  `${hostname}:+${port}`,
  "127.1",
  "127.0.0.2",
  "0x7f.0.0.1",
  "2130706433",
  "0.0.0.0",
  "[::]",
  "[::1%25lo]",
  "[::1%lo]",
  "[::ffff:127.0.0.1]",
  "[0:0:0:0:0:0:0:1]",
  "::1",
  "lоcalhost",
  "xn--lcalhost-1fg",
  "",
];

interface Asked {
  method?: string;
  /** a path, or whatever else stands there */
  target?: string;
  version?: "1.0" | "1.1";
}

/** Speaks HTTP by hand: a browser and `fetch` write these headers themselves. Gives the whole answer as text. */
function ask(head: string[], { method = "GET", target = DATA, version = "1.1" }: Asked = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () =>
      socket.write(`${[`${method} ${target} HTTP/${version}`, ...head].join("\r\n")}\r\n\r\n`),
    );
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      // a stream that was let in would never end
      if (text.includes("\r\n\r\n") && /^HTTP\/1\.1 200/.test(text)) socket.end();
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

const refused = /^HTTP\/1\.1 403 /;
// even who has a right to come in is not let in by another name
const sent = (host: string, ...more: string[]) => [
  `Host: ${host}`,
  `Authorization: ${as("admin").authorization}`,
  "Connection: close",
  ...more,
];

test("its own name and its own pages are let in", async () => {
  for (const host of [own, `localhost:${port}`, "localhost:9000", "LOCALHOST", "127.0.0.1", `[::1]:${port}`])
    expect(await ask(sent(host)), host).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(sent(own, `Origin: http://${own}`))).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(sent(own), { target: `http://${own}${DATA}` })).toMatch(/^HTTP\/1\.1 200 /);
});

test("a Host that is not its own is refused on every path, however it is spelled", async () => {
  test.setTimeout(120_000);
  for (const host of FOREIGN) {
    const answers = await Promise.all(EVERYWHERE.map((target) => ask(sent(host), { target })));
    for (const [at, answer] of answers.entries()) {
      expect(answer, `"${host}" ${EVERYWHERE[at]}`).toMatch(refused);
      expect(answer).not.toContain("clawdis");
    }
  }
});

test("a foreign Host or Origin is refused for every method, streams too", async () => {
  for (const method of METHODS)
    for (const target of EVERYWHERE) {
      const about = `${method} ${target}`;
      const length = method === "GET" || method === "HEAD" ? [] : ["Content-Length: 0"];
      expect(await ask(sent("evil.example", ...length), { method, target }), about).toMatch(refused);
      expect(await ask(sent(own, "Origin: https://evil.example", ...length), { method, target }), about).toMatch(
        refused,
      );
    }
});

test("what names two hosts names none", async () => {
  for (const hosts of [
    [own, "evil.example"],
    ["evil.example", own],
  ])
    expect(await ask(sent(hosts[0]!, `Host: ${hosts[1]}`))).toMatch(refused);
  for (const [target, host] of [
    [`http://evil.example${DATA}`, own],
    [`http://${own}${DATA}`, "evil.example"],
    [`http://${own}@evil.example${DATA}`, own],
    [`ftp://${own}${DATA}`, "evil.example"],
  ] as const)
    expect(await ask(sent(host), { target }), `${target} ${host}`).toMatch(refused);
});

test("HTTP/1.0 without a Host is refused, HTTP/1.1 without one is not understood", async () => {
  expect(await ask([], { version: "1.0" })).toMatch(refused);
  expect(await ask(["Connection: close"])).toMatch(/^HTTP\/1\.1 400 /);
});

test("what a proxy may say, a client may not", async () => {
  const forwarded = [`X-Forwarded-Host: ${own}`, `Forwarded: host=${own}`, `X-Original-Host: ${own}`];
  expect(await ask(sent("evil.example", ...forwarded))).toMatch(refused);
  expect(await ask(sent(own, "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https"))).not.toContain("evil");
});

test("the framework's own side doors are closed to strangers too", async () => {
  for (const target of [
    "/index.rsc",
    "/?_rsc=1",
    "/index.txt",
    "/_next/data/x/index.json",
    "/_next/image?url=%2Ficon.svg&w=64&q=75",
    "/_next/static/../../api/v1/setup",
    "/API/v1/setup",
    "/%61pi/v1/setup",
    "//api/v1/setup",
    "/./api/v1/setup",
  ]) {
    const skipping = ["RSC: 1", "x-middleware-subrequest: proxy:proxy:proxy:proxy:proxy", "x-middleware-next: 1"];
    const answer = await ask(sent("evil.example", ...skipping), { target });
    // a spelling may be mended first, on this server: the mended one is refused
    expect(answer, target).toMatch(/^HTTP\/1\.1 (403|307|308) /);
    expect(answer, target).not.toMatch(/location: (https?:)?\/\//i);
    expect(answer).not.toContain("clawdis");
  }
});

test("a foreign Origin is refused, and nothing is done", async () => {
  const target = "/api/v1/services/local/systemd/clawdis-gateway.service/restart";
  for (const origin of [
    "https://evil.example",
    "null",
    `http://${own}.evil.example`,
    "http://localhost:1",
    "file://",
    `http://${own}, http://evil.example`,
  ]) {
    const answer = await ask(sent(own, `Origin: ${origin}`, "Content-Length: 0"), { method: "POST", target });
    expect(answer, origin).toMatch(refused);
    expect(answer).toContain("application/problem+json");
  }
});

test("a form or an image of another site is refused", async () => {
  for (const [site, mode, dest] of [
    ["cross-site", "no-cors", "image"],
    ["same-site", "no-cors", "script"],
    ["cross-site", "navigate", "iframe"],
    ["cross-site", "navigate", "document"],
    ["cross-site", "websocket", "websocket"],
  ])
    expect(
      await ask(sent(own, `Sec-Fetch-Site: ${site}`, `Sec-Fetch-Mode: ${mode}`, `Sec-Fetch-Dest: ${dest}`)),
      `${site} ${mode} ${dest}`,
    ).toMatch(refused);
});

test("there is no other protocol to change to, and no other server to be sent to", async () => {
  let reached = 0;
  const other = net.createServer(() => {
    reached += 1;
  });
  await new Promise<void>((done) => other.listen(0, hostname, done));
  const elsewhere = `${hostname}:${(other.address() as net.AddressInfo).port}`;
  const upgrade = [
    "Connection: Upgrade, close",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  ];
  // the last two would be kept open for ever by a framework that leaves them to somebody else
  for (const target of [`http://${elsewhere}/`, "/api/v1/events", "/", `//${elsewhere}/`, "/nothing/here"])
    expect(await ask(sent("evil.example", ...upgrade), { target }), target).toMatch(/^HTTP\/1\.1 (403|308) /);
  for (const target of [elsewhere, `http://${elsewhere}/`])
    expect(await ask([`Host: ${elsewhere}`], { method: "CONNECT", target }), target).not.toMatch(/^HTTP\/1\.1 2/);
  expect(await ask(sent(elsewhere), { target: `http://${elsewhere}/` })).toMatch(/^HTTP/);
  expect(reached).toBe(0);
  other.close();
});

test("it listens on loopback only", async ({ host }) => {
  const listening = host
    .run(["ss", "-Hltn", `sport = :${port}`])
    .trim()
    .split("\n");
  expect(listening).toHaveLength(1);
  expect(listening[0]).toContain(`127.0.0.1:${port}`);
});
