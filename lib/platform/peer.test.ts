import { expect, test, vi } from "vitest";
import { readEnv } from "./env.ts";

vi.mock("./env.ts", async (original) => ({
  ...(await original<typeof import("./env.ts")>()),
  env: () => readEnv({ TRIHELM_TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8, fd00::/8" }),
}));
const { isFromTrustedProxy, peerAddress, stampOf } = await import("./peer.ts");

const from = (peer: string, forwarded?: string) =>
  peerAddress(
    new Headers([
      stampOf(peer),
      ...(forwarded === undefined ? [] : [["x-forwarded-for", forwarded] as [string, string]]),
    ]),
  );

test.each([
  ["198.51.100.1", undefined],
  ["198.51.100.1", "127.0.0.1"],
  ["198.51.100.1", "203.0.113.5"],
  ["198.51.100.1", "203.0.113.5, 10.0.0.1, 127.0.0.1"],
  ["2001:db8::1", "203.0.113.5"],
])("from %s, which nobody trusts, X-Forwarded-For %j changes nothing", (peer, forwarded) =>
  expect(from(peer, forwarded)).toBe(peer),
);

test.each([
  ["one hop", "127.0.0.1", "203.0.113.5", "203.0.113.5"],
  ["the client's own words stand further left", "127.0.0.1", "1.1.1.1, 203.0.113.5", "203.0.113.5"],
  ["a trusted name among the client's own words", "127.0.0.1", "10.0.0.9, 203.0.113.5", "203.0.113.5"],
  ["two trusted hops", "127.0.0.1", "1.1.1.1, 203.0.113.5, 10.1.2.3", "203.0.113.5"],
  ["IPv6 with port", "127.0.0.1", "[2001:db8::5]:4711", "2001:db8::5"],
  ["IPv4 inside IPv6", "127.0.0.1", "::ffff:203.0.113.5", "203.0.113.5"],
  ["a trusted hop inside IPv6", "127.0.0.1", "203.0.113.5, ::ffff:10.0.0.1", "203.0.113.5"],
  ["all of them trusted", "127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"],
  ["a hop that is no address", "127.0.0.1", "203.0.113.5, unknown", "127.0.0.1"],
  ["behind a trusted hop, one that is no address", "127.0.0.1", "203.0.113.5, x, 10.0.0.2", "10.0.0.2"],
  ["nothing forwarded", "127.0.0.1", "", "127.0.0.1"],
  ["an IPv6 proxy", "fd00::2", "203.0.113.5", "203.0.113.5"],
])("%s", (_, peer, forwarded, address) => expect(from(peer, forwarded)).toBe(address));

test("only what comes straight from a proxy is from a proxy", () => {
  expect(isFromTrustedProxy(new Headers([stampOf("10.1.1.1")]))).toBe(true);
  expect(isFromTrustedProxy(new Headers([stampOf("203.0.113.5"), ["x-forwarded-for", "10.1.1.1"]]))).toBe(false);
  expect(isFromTrustedProxy(new Headers())).toBe(false);
});

test("an unstamped request comes from nowhere, whatever it says", () => {
  expect(peerAddress(new Headers())).toBe("unknown");
  expect(peerAddress(new Headers({ "x-trihelm-peer": "127.0.0.1", "x-forwarded-for": "203.0.113.5" }))).toBe("unknown");
  expect(peerAddress(new Headers({ "x-trihelm-peer": "key 127.0.0.1" }))).toBe("unknown");
});
