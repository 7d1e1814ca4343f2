import { expect, test } from "vitest";
import { networkList, plainAddress, readNetwork } from "./address.ts";

test.each([
  ["10.0.0.1", "10.0.0.1"],
  [" 10.0.0.1 ", "10.0.0.1"],
  ["10.0.0.1:5555", "10.0.0.1"],
  ["::ffff:10.0.0.1", "10.0.0.1"],
  ["::FFFF:A00:1", "10.0.0.1"],
  ["0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1"],
  ["2001:DB8:0:0::1", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["[2001:db8::1]:443", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
])("%s is %s", (text, address) => expect(plainAddress(text)).toBe(address));

test.each([
  "",
  "unknown",
  "_hidden",
  "010.0.0.1",
  "1.2.3",
  "2130706433",
  "localhost",
  "[10.0.0.1",
  "::ffff:1.2.3.4.5",
  "1.2.3.4, 5",
])("%j is no address", (text) => expect(plainAddress(text)).toBeNull());

test.each([
  ["10.0.0.0/8", { address: "10.0.0.0", prefix: 8, family: "ipv4" }],
  ["127.0.0.1", { address: "127.0.0.1", prefix: 32, family: "ipv4" }],
  ["fd00::/8", { address: "fd00::", prefix: 8, family: "ipv6" }],
  ["::1", { address: "::1", prefix: 128, family: "ipv6" }],
  ["::ffff:10.0.0.0/104", { address: "10.0.0.0", prefix: 8, family: "ipv4" }],
])("%s is a network", (text, network) => expect(readNetwork(text)).toEqual(network));

test.each([
  "0.0.0.0/0",
  "::/0",
  "::ffff:0.0.0.0/96",
  "10.0.0.0/33",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "fd00::/129",
  "*",
  "proxy.example",
  "10.0.0.0/-1",
])("%s is none, or holds everybody", (text) => expect(readNetwork(text)).toBeNull());

test("a list knows what is in its networks, in either spelling", () => {
  const list = networkList(["10.0.0.0/8", "fd00::/8", "192.168.1.7"].map((text) => readNetwork(text)!));
  for (const address of ["10.255.0.1", "fd12::1", "192.168.1.7"]) expect(list.has(address), address).toBe(true);
  for (const address of ["11.0.0.1", "fe80::1", "192.168.1.8", "unknown"])
    expect(list.has(address), address).toBe(false);
});
