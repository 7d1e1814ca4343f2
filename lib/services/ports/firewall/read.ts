/** Reads this machine's rules, and says of a port what they let in. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { messageOf } from "#lib/platform/errors.ts";
import { run } from "#lib/platform/exec.ts";
import { readText } from "#lib/platform/proc.ts";
import { isWithin } from "./conditions.ts";
import { isNftBacked, parseIptables } from "./iptables.ts";
import { parseNftables } from "./nftables.ts";
import { type Packet, type Table, type Verdict, verdictAt } from "./ruleset.ts";

export interface Firewall {
  tables: readonly Table[];
  /** interfaces that lead to the world */
  outside: readonly string[];
  /** networks of this machine's interfaces: what is sent to a container leaves by the one it is in */
  networks: readonly { name: string; address: string; bits: number }[];
  /** why nothing is known of it; null: it was read */
  problem: string | null;
}

export interface Reach {
  firewall: "open" | "closed" | null;
  /** where it is sent on to, although the rules for this machine's own ports say closed; null: it is not */
  forwarded: string | null;
}

const FOLDERS = ["/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin"];
const KERNEL_TABLES = /^(filter|nat|mangle|raw|security)$/;

/** Never throws: a firewall that cannot be read is one of which nothing is known. */
export async function readFirewall(): Promise<Firewall> {
  const tables: Table[] = [];
  const problems: string[] = [];
  let isSame = false;
  const tools = [
    { name: "iptables-save", args: [], take: (text: string) => parseIptables(text, 4) },
    { name: "ip6tables-save", args: [], take: (text: string) => parseIptables(text, 6) },
    {
      name: "nft",
      args: ["-j", "list", "ruleset"],
      take: (text: string) =>
        parseNftables(text, (family, table) => isSame && family !== "inet" && KERNEL_TABLES.test(table)),
    },
  ];
  for (const { name, args, take } of tools) {
    const file = FOLDERS.map((folder) => path.join(folder, name)).find((one) => fs.existsSync(one));
    if (!file) continue;
    try {
      const { stdout, stderr, exitCode } = await run(file, args, { timeout: 5, maxOutput: 16 * 1024 * 1024 });
      if (exitCode !== 0)
        problems.push(`${name}: ${stderr.trim().split("\n").pop()?.slice(0, 200) || `exit ${exitCode}`}`);
      else tables.push(...take(stdout));
      isSame ||= exitCode === 0 && isNftBacked(stdout);
    } catch (error) {
      problems.push(`${name}: ${messageOf(error).slice(0, 200)}`);
    }
  }
  return {
    tables,
    outside: outsideOf(readText("/proc/net/route") ?? ""),
    networks: networksHere(),
    problem: problems[0] ?? null,
  };
}

/** What the rules say of a port that this machine listens on. Pure. */
export function reachOf(
  { tables, outside, networks }: Omit<Firewall, "problem">,
  { protocol, address, port }: { protocol: "tcp" | "udp"; address: string; port: number },
): Reach {
  const destination = /^(0\.0\.0\.0|::|\*)$/.test(address) ? null : address;
  const families = address === "::" ? ([4, 6] as const) : address.includes(":") ? ([6] as const) : ([4] as const);
  const found = families.map((family): Reach => {
    const packet: Packet = { family, protocol, port, outside, destination, out: "" };
    const firewall = wordOf(verdictAt(tables, { hook: "input", type: "filter", packet }));
    const translated = verdictAt(tables, { hook: "prerouting", type: "nat", packet });
    const [first, ...others] = translated ?? [];
    const [, to, toPort] = /^to (\S+) (\d+)$/.exec(first ?? "") ?? [];
    if (!to || others.length > 0) return { firewall, forwarded: null };
    const out = networks.find((one) => isWithin(to, one.address, one.bits))?.name ?? null;
    const onward: Packet = { ...packet, destination: to, port: Number(toPort), out };
    const through =
      wordOf(verdictAt(tables, { hook: "forward", type: "filter", packet: onward })) ??
      (hasForward(tables, onward) ? null : "open");
    if (firewall !== "closed") return { firewall: through === "closed" ? "closed" : firewall, forwarded: null };
    return { firewall, forwarded: through === "open" ? `${to}:${toPort}` : null };
  });
  const all = found.map(({ firewall }) => firewall);
  return {
    firewall: all.includes("open") ? "open" : all.every((one) => one === "closed") ? "closed" : null,
    forwarded: found.find(({ forwarded }) => forwarded !== null)?.forwarded ?? null,
  };
}

function hasForward(tables: readonly Table[], packet: Packet): boolean {
  return verdictAt(tables, { hook: "forward", type: "filter", packet }) !== null;
}

function wordOf(verdicts: ReadonlySet<Verdict> | null): Reach["firewall"] {
  if (verdicts === null || verdicts.size !== 1) return null;
  return verdicts.has("accept") ? "open" : verdicts.has("drop") ? "closed" : null;
}

/** The interfaces of the default routes in `/proc/net/route`. */
function outsideOf(text: string): string[] {
  const rows = text
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));
  return [...new Set(rows.flatMap(([name, destination]) => (name && destination === "00000000" ? [name] : [])))];
}

function networksHere(): Firewall["networks"] {
  return Object.entries(os.networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ address, cidr }) =>
      cidr ? [{ name, address, bits: Number(cidr.split("/")[1]) }] : [],
    ),
  );
}
