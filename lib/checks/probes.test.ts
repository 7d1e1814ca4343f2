import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import type { Live } from "./book.ts";
import { isExpected } from "./probe-http.ts";
import { newLineMemory } from "./probe-lines.ts";
import { type RunContext, runCheck } from "./run.ts";
import { newCheckSchema } from "./shapes.ts";
import { unknownSince } from "./standing.ts";
import type { CheckPlan } from "./store.ts";

// names lead where a hostile name server says
vi.mock("node:dns", async (original) => {
  const real = await original<typeof import("node:dns")>();
  const hostile: Record<string, string[]> = {
    "rebound.test": ["127.0.0.1", "169.254.169.254"],
    "mapped.test": ["::ffff:169.254.169.254"],
    "good.test": ["127.0.0.1"],
  };
  const lookup = ((host: string, options: object, callback: (...told: unknown[]) => void) => {
    const own = hostile[host];
    if (own)
      callback(
        null,
        own.map((address) => ({ address, family: net.isIP(address) })),
      );
    else real.lookup(host, options as { all: true }, callback);
  }) as unknown as typeof real.lookup;
  return { ...real, default: { ...real, lookup }, lookup };
});

const signal = new AbortController().signal;
let web: http.Server;
let secure: https.Server;
let raw: net.Server;
let handle: http.RequestListener;
let onSocket: (socket: net.Socket) => void;
const at = { web: 0, secure: 0, raw: 0, closed: 0 };

beforeAll(async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-tls-"));
  const [key, cert] = [path.join(folder, "key"), path.join(folder, "cert")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"];
  execFileSync("openssl", ["req", "-x509", ...curve, "-days", "30", "-keyout", key, "-out", cert], { stdio: "ignore" });
  web = http.createServer((incoming, out) => handle(incoming, out));
  secure = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, (_, out) => out.end("ok"));
  raw = net.createServer((socket) => onSocket(socket));
  for (const [name, server] of Object.entries({ web, secure, raw })) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at[name as keyof typeof at] = (server.address() as AddressInfo).port;
  }
  const gone = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => gone.once("listening", resolve));
  at.closed = (gone.address() as AddressInfo).port;
  await new Promise((resolve) => gone.close(resolve));
  fs.rmSync(folder, { recursive: true });
});
afterAll(() => {
  for (const server of [web, secure]) server.closeAllConnections();
  for (const server of [web, secure, raw]) server.close();
});
beforeEach(() => {
  handle = (_, out) => out.end("all is well");
  onSocket = (socket) => void socket.on("error", () => socket.destroy());
});

interface Wanted {
  kind: string;
  config: object;
  service?: string;
  timeout?: number;
}

function live({ timeout, ...wanted }: Wanted): Live {
  const { service, ...parsed } = newCheckSchema.parse({ name: "it", ...wanted });
  const made = { id: "id", secret: null, hash: null, by: "mara", createdAt: new Date(0) };
  const plan: CheckPlan = { ...parsed, ...made, service: service ?? null, timeout: timeout ?? parsed.timeout };
  return { plan, standing: unknownSince(0), hours: [], countedFrom: null, writtenAt: 0, written: 0, recent: null };
}

const run = (wanted: Wanted, more: Partial<RunContext> = {}) =>
  runCheck(live(wanted), { memory: newLineMemory(), now: Date.now(), signal, ...more });
const get = (config: object, timeout = 5) =>
  run({ kind: "http", timeout, config: { url: `http://127.0.0.1:${at.web}/`, ...config } });

test.each([
  ["200-399", [200, 302, 399], [199, 400, 500]],
  ["2xx", [200, 299], [300, 199]],
  ["200,301", [200, 301], [201, 300, 302]],
  ["2xx,404", [204, 404], [403]],
  ["5xx", [500, 599], [499]],
])("%s takes %j and not %j", (expect_, good, bad) => {
  expect(good.filter((status) => !isExpected(status, expect_))).toEqual([]);
  expect(bad.filter((status) => isExpected(status, expect_))).toEqual([]);
});

describe("over HTTP", () => {
  test("is up by its status and its text, wherever in the first 256 KB that stands", async () => {
    expect(await get({})).toEqual({ verdict: "up", latency: expect.any(Number), message: null, certificateEnds: null });
    expect(await get({ contains: "is well" })).toMatchObject({ verdict: "up" });
    handle = (_, out) => {
      // cut in the middle of a character and of the word
      const whole = Buffer.from(`${"x".repeat(200_000)}grüßend`);
      out.write(whole.subarray(0, 200_003));
      out.write(whole.subarray(200_003));
      out.end();
    };
    expect(await get({ contains: "grüßend" })).toMatchObject({ verdict: "up" });
  });

  test("an answer without an end is read so far and no further, and none of it is told", async () => {
    let sent = 0;
    let isCut = false;
    handle = (_, out) => {
      const chunk = Buffer.alloc(64 * 1024, "canary ");
      const more = () => {
        while (!isCut && out.write(chunk)) sent += chunk.length;
      };
      out.on("drain", more).on("close", () => {
        isCut = true;
      });
      more();
    };
    const { verdict, message } = await get({ contains: "the word" });
    expect([verdict, message]).toEqual(["down", "Answered 200, but without the text `the word`"]);
    await expect.poll(() => isCut).toBe(true);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  test("follows no redirect", async () => {
    const asked: string[] = [];
    handle = (incoming, out) => {
      asked.push(incoming.url!);
      out.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();
    };
    expect(await get({})).toMatchObject({ verdict: "up" });
    expect(await get({ expect: "200" })).toMatchObject({
      ...{
        verdict: "down",
        message: "Answered 302, where 200 is expected. It leads elsewhere, and redirects are not followed",
      },
    });
    expect(asked).toEqual(["/", "/"]);
  });

  test("no name leads to the metadata of a cloud", async () => {
    for (const [host, seen] of [
      ["rebound.test", "169.254.169.254"],
      ["mapped.test", "::ffff:169.254.169.254"],
    ]) {
      const message = `${seen} is link-local or a service of the hoster, which no check connects to`;
      const url = `http://${host}:${at.web}/`;
      expect(await get({ url })).toMatchObject({ verdict: "down", message });
      expect(await run({ kind: "tcp", config: { host, port: at.raw } })).toMatchObject({ verdict: "down", message });
    }
    expect(await get({ url: `http://good.test:${at.web}/` })).toMatchObject({ verdict: "up" });
    for (const host of ["169.254.169.254", "[fe80::1]", "0.0.0.0"])
      expect((await get({ url: `http://${host}/` })).message).toContain("no check connects to");
  });

  test("says why in words: nobody there, no HTTP, no TLS, a certificate that nobody vouches for", async () => {
    const local = (port: number) => `127.0.0.1:${port}`;
    const words = async (url: string) => (await get({ url })).message;
    expect(await words(`http://${local(at.closed)}`)).toBe(
      `\`${local(at.closed)}\` refuses the connection: nothing listens there`,
    );
    expect(await words("http://nobody.invalid/")).toMatch(/^`nobody.invalid` (has no address|cannot be looked up)/);
    onSocket = (socket) => void socket.on("error", () => undefined).end("SSH-2.0-OpenSSH_9\r\n");
    expect(await words(`http://${local(at.raw)}`)).toBe(`\`${local(at.raw)}\` answers, but not in HTTP`);
    onSocket = (socket) => void socket.destroy();
    expect(await words(`http://${local(at.raw)}`)).toBe(`\`${local(at.raw)}\` broke the connection off`);
    expect(await words(`https://${local(at.web)}`)).toMatch(/does not speak TLS/);
    expect(await words(`https://${local(at.secure)}`)).toBe(
      `\`${local(at.secure)}\`: its certificate is signed by itself`,
    );
  });

  test("a certificate that is borne is still one that ends", async () => {
    const { verdict, certificateEnds } = await get({ url: `https://127.0.0.1:${at.secure}/`, verify: false });
    expect(verdict).toBe("up");
    expect(Math.round((certificateEnds! - Date.now()) / 86_400_000)).toBe(30);
  });

  test.each([
    ["never answers", () => undefined],
    ["never ends", (out: http.ServerResponse) => void out.write("x")],
  ])("one that %s is given up in time", async (_, answer) => {
    handle = (_incoming, out) => answer(out);
    const before = performance.now();
    expect(await get({ contains: "y" }, 0.05)).toMatchObject({
      verdict: "down",
      message: "No whole answer within 0 s",
    });
    expect(performance.now() - before).toBeLessThan(4000);
  });

  test("a container is called by its name where the check is its own", async () => {
    const docker = createFake({ host: "local", scope: "docker", kind: "docker" });
    docker.add({ name: "Umami", addresses: ["127.0.0.1"] });
    snapshot().add(docker);
    snapshot().apply(docker, { type: "reset", records: await docker.list() });
    const config = { url: `http://umami:${at.web}/` };
    expect(await run({ kind: "http", service: "local/docker/Umami", config })).toMatchObject({ verdict: "up" });
    expect(await run({ kind: "http", config })).toMatchObject({ verdict: "down" });
  });
});

test("a port is up while somebody takes connections there", async () => {
  const to = (port: number) => run({ kind: "tcp", config: { host: "127.0.0.1", port } });
  expect(await to(at.raw)).toEqual({ verdict: "up", latency: expect.any(Number), message: null });
  expect(await to(at.closed)).toMatchObject({
    verdict: "down",
    message: expect.stringContaining("nothing listens there"),
  });
});

describe("a command", () => {
  const command = (...words: string[]) => run({ kind: "command", config: { command: words }, timeout: 2 });

  test("is up when it ends with 0; its words are told short and without secrets", async () => {
    expect(await command("true")).toMatchObject({ verdict: "up", message: null });
    expect(
      await command("/bin/sh", "-c", "echo out; echo first >&2; echo 'token=canary queue is 12 deep' >&2; exit 4"),
    ).toMatchObject({
      ...{ verdict: "down", message: "Ended with exit code 4: `token=•••••• queue is 12 deep`" },
    });
    expect((await command("/nowhere/at-all")).message).toMatch(/^Did not run: `.*ENOENT.*`$/);
  });

  test("is no shell: its words are words", async () => {
    const file = path.join(os.tmpdir(), `trihelm-no-shell-${process.pid}`);
    expect(await command("test", "$(touch", `${file})`, ";", "touch", file)).toMatchObject({ verdict: "down" });
    expect(fs.existsSync(file)).toBe(false);
  });

  test("is ended in time, also where something that it began holds on to its output", async () => {
    const before = performance.now();
    const late = { kind: "command", timeout: 0.1, config: { command: ["/bin/sh", "-c", "sleep 3 & sleep 3"] } };
    expect((await run(late)).message).toMatch(/^(Did not end|No whole answer) within 0 s$/);
    expect(performance.now() - before).toBeLessThan(2500);
    const loud = await command("/bin/sh", "-c", "yes");
    expect(loud.verdict).toBe("down");
  });
});
