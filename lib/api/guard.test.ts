import { afterEach, expect, test, vi } from "vitest";
import { readEnv } from "#lib/platform/env.ts";

let base: string | undefined;
vi.mock("#lib/platform/env.ts", async (original) => {
  const real = await original<typeof import("#lib/platform/env.ts")>();
  return { ...real, env: () => readEnv(base ? { TRIHELM_BASE_URL: base } : {}) };
});
const { admit } = await import("./guard.ts");

afterEach(() => {
  base = undefined;
});

const admitted = (headers: Record<string, string>) => {
  try {
    admit(new Headers(headers));
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
  expect(admitted({ host: "hel.example", origin: "https://hel.example" })).toBe(true);
  expect(admitted({ host: "hel.example:444" })).toBe(false);
  expect(admitted({ host: "x.hel.example" })).toBe(false);
});

test("a page of another origin is refused, another port of this machine included", () => {
  const host = "localhost:7420";
  expect(admitted({ host, origin: "http://localhost:7420" })).toBe(true);
  for (const origin of ["null", "http://localhost:3000", "http://127.0.0.1:7420", "https://evil.example", "file://"])
    expect(admitted({ host, origin }), origin).toBe(false);
});

test("a cross-site fetch without an Origin is refused, a link that was clicked is not", () => {
  const host = "localhost:7420";
  expect(admitted({ host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).toBe(false);
  expect(admitted({ host, "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" })).toBe(false);
  expect(admitted({ host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" })).toBe(true);
  expect(admitted({ host, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" })).toBe(true);
});
