import { describe, expect, test } from "vitest";
import { formatPorts } from "./ports.ts";

const tcp = (address: string, port: number) => ({ protocol: "tcp", address, port });

describe("formatPorts", () => {
  test("any address is left out, a narrow one is named", () => {
    expect(formatPorts([tcp("0.0.0.0", 80), tcp("127.0.0.1", 5432)])).toEqual([":80", "127.0.0.1:5432"]);
  });

  test("the same port on both families is one", () => {
    expect(formatPorts([tcp("0.0.0.0", 443), tcp("::", 443), tcp("127.0.0.1", 9), tcp("::1", 9)])).toEqual([
      ":443",
      "127.0.0.1:9",
    ]);
  });

  test("a run is told by its ends, two neighbours are not", () => {
    expect(formatPorts([5, 3, 4, 9, 10].map((port) => tcp("::", port)))).toEqual([":3–5", ":9", ":10"]);
  });

  test("UDP says so and stands apart from TCP of the same number", () => {
    expect(formatPorts([tcp("", 53), { protocol: "udp", address: "*", port: 53 }])).toEqual([":53", ":53/udp"]);
  });

  test("an IPv6 address is bracketed", () => {
    expect(formatPorts([tcp("fd00::2", 8080), tcp("::1", 81)])).toEqual(["[fd00::2]:8080", "[::1]:81"]);
  });

  test("nothing is nothing", () => {
    expect(formatPorts([])).toEqual([]);
  });
});
