import { afterEach, expect, test, vi } from "vitest";
import { readEnv } from "#lib/platform/env.ts";

let base: string | undefined;
let more: Record<string, string> = {};
vi.mock("#lib/platform/env.ts", async (original) => {
  const real = await original<typeof import("#lib/platform/env.ts")>();
  return { ...real, env: () => readEnv({ ...(base ? { TRIHELM_BASE_URL: base } : {}), ...more }) };
});
const { admit } = await import("./guard.ts");

afterEach(() => {
  base = undefined;
  more = {};
});

const admitted = (headers: Record<string, string>, navigable = false) => {
  try {
    admit(new Headers(headers), { navigable });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "forbidden" });
    return false;
  }
};

test.each(["localhost:7420", "127.0.0.1:7420", "[::1]:7420", "LOCALHOST", "127.0.0.1:9000"])("%s is ours", (host) =>
  expect(admitted({ host })).toBe(true),
);

test.each([
  "",
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.nip.io",
  "localhost:7420@evil",
  "127.0.0.1:7420.evil",
  "[::1].evil",
  "0.0.0.0:7420",
  "localhost:",
  "127.1",
  "2130706433",
  "localhost.",
  "hel.example",
])("%s is not", (host) => expect(admitted({ host })).toBe(false));

test("the configured address is ours, and nothing near it", () => {
  base = "https://hel.example/";
  for (const host of ["hel.example", "HEL.example", "hel.example:443"])
    expect(admitted({ host, origin: "https://hel.example" }), host).toBe(true);
  for (const host of [
    "hel.example:444",
    "hel.example:80",
    "x.hel.example",
    "hel.example.",
    "hel.example:",
    "a@hel.example",
    "hel.example, evil.example",
  ])
    expect(admitted({ host }), host).toBe(false);
});

test("a page of the configured name without TLS is not ours", () => {
  base = "https://hel.example";
  for (const origin of ["http://hel.example", "https://hel.example:444", "https://HEL.example", "null"])
    expect(admitted({ host: "hel.example", origin }), origin).toBe(false);
});

test("further names: with a port that one, without any", () => {
  more = { TRIHELM_ALLOWED_HOSTS: "hel.lan, 192.168.1.5:7420, bücher.example" };
  for (const host of ["hel.lan", "hel.lan:9000", "192.168.1.5:7420", "xn--bcher-kva.example:1"])
    expect(admitted({ host, origin: `http://${host}` }), host).toBe(true);
  for (const host of ["x.hel.lan", "hel.lan.", "192.168.1.5", "192.168.1.5:7421", "bücher.example".normalize("NFC")])
    expect(admitted({ host: encodeURI(host) }), host).toBe(false);
});

test("an address that it listens on is its own, a name is not", () => {
  more = { TRIHELM_HOST: "192.168.1.5" };
  expect(admitted({ host: "192.168.1.5:7420" })).toBe(true);
  expect(admitted({ host: "192.168.1.6:7420" })).toBe(false);
  more = { TRIHELM_HOST: "fd00::5" };
  expect(admitted({ host: "[fd00::5]:7420" })).toBe(true);
  more = { TRIHELM_HOST: "hel.lan" };
  expect(admitted({ host: "hel.lan:7420" })).toBe(false);
  more = { TRIHELM_HOST: "0.0.0.0" };
  expect(admitted({ host: "0.0.0.0:7420" })).toBe(false);
  expect(admitted({ host: "192.168.1.5:7420" })).toBe(false);
});

test("a page of another origin is refused, another port of this machine included", () => {
  const host = "localhost:7420";
  expect(admitted({ host, origin: "http://localhost:7420" })).toBe(true);
  for (const origin of ["null", "http://localhost:3000", "http://127.0.0.1:7420", "https://evil.example", "file://"])
    expect(admitted({ host, origin }), origin).toBe(false);
});

test("a cross-site fetch without an Origin is refused", () => {
  const host = "localhost:7420";
  const sent = (site: string, mode: string, dest: string) => ({
    host,
    "sec-fetch-site": site,
    "sec-fetch-mode": mode,
    "sec-fetch-dest": dest,
  });
  for (const navigable of [true, false]) {
    expect(admitted(sent("cross-site", "no-cors", "image"), navigable)).toBe(false);
    expect(admitted(sent("same-site", "cors", "empty"), navigable)).toBe(false);
    expect(admitted(sent("cross-site", "navigate", "iframe"), navigable)).toBe(false);
    expect(admitted(sent("cross-site", "navigate", "object"), navigable)).toBe(false);
    expect(admitted(sent("cross-site", "websocket", "websocket"), navigable)).toBe(false);
    expect(admitted(sent("same-origin", "cors", "empty"), navigable)).toBe(true);
    expect(admitted(sent("none", "navigate", "document"), navigable)).toBe(true);
  }
});

test("a link that was clicked elsewhere opens a page, and no data", () => {
  const link = {
    host: "localhost:7420",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
  };
  expect(admitted(link, true)).toBe(true);
  expect(admitted(link)).toBe(false);
  expect(admitted({ ...link, origin: "https://evil.example" }, true)).toBe(false);
});
