import { describe, expect, test } from "vitest";
import type { Listening } from "#lib/services/ports/shapes.ts";
import { countShow, portRows } from "./port-rows.ts";

const listening = (
  port: number,
  change: Partial<Listening> = {},
  owner: Partial<Listening["owner"]> = {},
): Listening => ({
  protocol: "tcp",
  address: "127.0.0.1",
  port,
  reach: "local",
  firewall: null,
  exposed: null,
  owner: { kind: "process", service: null, name: `program ${port}`, pid: port, target: null, ...owner },
  ...change,
});
const ITEMS = [
  listening(8080, { address: "0.0.0.0", reach: "network", exposed: "Docker goes around ufw" }),
  listening(53, { protocol: "udp" }),
  listening(53),
  listening(5432, {}, { service: "local/docker/wa-db", name: "wa-db" }),
];
const ports = (show: Parameters<typeof portRows>[1], q = "") =>
  portRows(ITEMS, show, q).map(({ port, protocol }) => `${port}/${protocol}`);

describe("the ledger as a list", () => {
  test("by port, then by protocol", () => expect(ports("all")).toEqual(["53/tcp", "53/udp", "5432/tcp", "8080/tcp"]));

  test("what is asked for, with as many as are counted", () => {
    expect(ports("network")).toEqual(["8080/tcp"]);
    expect(ports("exposed")).toEqual(["8080/tcp"]);
    expect(ports("stray")).toEqual(["53/tcp", "53/udp", "8080/tcp"]);
    expect(countShow(ITEMS, "stray")).toBe(3);
  });

  test("every word has to be somewhere", () => {
    expect(ports("all", "53 udp")).toEqual(["53/udp"]);
    expect(ports("all", "WA-DB")).toEqual(["5432/tcp"]);
    expect(ports("all", "wa-db udp")).toEqual([]);
  });
});
