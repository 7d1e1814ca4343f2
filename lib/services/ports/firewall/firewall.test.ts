import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { parseIptables } from "./iptables.ts";
import { parseNftables } from "./nftables.ts";
import { type Firewall, reachOf } from "./read.ts";

const recorded = (name: string) => fs.readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
const here: Omit<Firewall, "problem" | "tables"> = {
  outside: ["eth0"],
  networks: [{ name: "docker0", address: "172.17.0.1", bits: 16 }],
};
const ufw = {
  ...here,
  tables: [...parseIptables(recorded("ufw-docker.txt"), 4), ...parseIptables(recorded("ufw-docker-6.txt"), 6)],
};
const nft = { ...here, tables: parseNftables(recorded("nft.json"), () => false) };
const at = (address: string, port: number, protocol: "tcp" | "udp" = "tcp") => ({ protocol, address, port });

describe("ufw beside Docker", () => {
  test.each([
    ["what is allowed", at("0.0.0.0", 22), "open"],
    ["also for both families at once", at("::", 22), "open"],
    ["what is limited, for a stranger's first packet", at("0.0.0.0", 2222), "open"],
    ["a range of UDP", at("0.0.0.0", 7005, "udp"), "open"],
    ["the same range of TCP", at("0.0.0.0", 7005), "closed"],
    ["what some network may use", at("0.0.0.0", 5432), "closed"],
    ["what is denied", at("0.0.0.0", 9999), "closed"],
    ["what nothing is said of", at("::", 3000), "closed"],
    // which port of his the stranger takes is his to choose
    ["what a reply of DHCP may use", at("0.0.0.0", 68, "udp"), null],
  ] as const)("%s", (_, place, firewall) => {
    expect(reachOf(ufw, place)).toEqual({ firewall, forwarded: null });
  });

  test("what the engine publishes is reachable although the rules say closed", () => {
    expect(reachOf(ufw, at("0.0.0.0", 8080))).toEqual({ firewall: "closed", forwarded: "172.17.0.2:80" });
    expect(reachOf(ufw, at("127.0.0.1", 8081)).forwarded).toBeNull();
  });

  test("and not where DOCKER-USER closes it", () => {
    const closed = recorded("ufw-docker.txt").replace(
      "-A DOCKER-USER -j RETURN",
      '-A DOCKER-USER -i eth0 -p tcp -m conntrack --ctorigdstport 8080 -m comment --comment "a -j ACCEPT" -j DROP\n-A DOCKER-USER -j RETURN',
    );
    // what it was before it was translated is not followed: unsure, and so not told as exposed
    expect(reachOf({ ...here, tables: parseIptables(closed, 4) }, at("0.0.0.0", 8080)).forwarded).toBeNull();
    const all = recorded("ufw-docker.txt").replace("-A DOCKER-USER -j RETURN", "-A DOCKER-USER -i eth0 -j DROP");
    expect(reachOf({ ...here, tables: parseIptables(all, 4) }, at("0.0.0.0", 8080))).toEqual({
      firewall: "closed",
      forwarded: null,
    });
  });

  test("without a firewall, with the engine's rules alone, nothing is said", () => {
    const bare = recorded("ufw-docker.txt").replaceAll(/^(-A INPUT .*|:INPUT DROP.*)$/gm, ":INPUT ACCEPT [0:0]");
    expect(reachOf({ ...here, tables: parseIptables(bare, 4) }, at("0.0.0.0", 22)).firewall).toBeNull();
  });
});

describe("nftables", () => {
  test.each([
    ["in a named set", at("0.0.0.0", 443), "open"],
    ["in a range of a set", at("::", 8005), "open"],
    ["in a set written out", at("0.0.0.0", 5050, "udp"), "open"],
    ["of the other protocol", at("0.0.0.0", 5050), "closed"],
    ["for some network", at("0.0.0.0", 5432), "closed"],
    ["by a mark, which nobody can tell", at("0.0.0.0", 9000), null],
    ["dropped by a map", at("0.0.0.0", 25), "closed"],
    ["let in by a chain that a map jumps to", at("0.0.0.0", 587), "open"],
  ] as const)("%s", (_, place, firewall) => {
    expect(reachOf(nft, place).firewall).toBe(firewall);
  });

  test("what is translated and let through is reachable", () => {
    expect(reachOf(nft, at("0.0.0.0", 8080))).toEqual({ firewall: "closed", forwarded: "172.17.0.2:80" });
  });

  test("something else than rules is refused, and a chain that calls itself ends", () => {
    expect(() => parseNftables("[]", () => false)).toThrow();
    const endless = "*filter\n:INPUT DROP [0:0]\n:A - [0:0]\n-A INPUT -j A\n-A A -j A\n-A A -j A\n";
    expect(reachOf({ ...here, tables: parseIptables(endless, 4) }, at("0.0.0.0", 1)).firewall).toBeNull();
  });
});
