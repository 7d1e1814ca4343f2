/**
 * What a firewall does with the first packet of a stranger. Rules are walked as the kernel walks them; one whose condition
 * cannot be told from here (a mark, a list of addresses kept elsewhere) is taken both ways, so that the outcome is a set:
 * where it holds more than one verdict, nothing is known.
 */

export interface Packet {
  family: 4 | 6;
  protocol: "tcp" | "udp";
  port: number;
  /** interfaces that lead to the world; empty: not known */
  outside: readonly string[];
  /** where it goes: an address of this machine, or a container's after it was translated; null: any of this machine's */
  destination: string | null;
  /** the interface that it leaves by, if it is forwarded; null: not known; empty: it stays here */
  out: string | null;
}

export type Held = "yes" | "no" | "maybe";

export type Outcome =
  | { kind: "accept" | "drop" | "return" | "none" | "unsure" }
  | { kind: "jump" | "goto"; chain: string }
  /** it is sent on to another address, as engines do for published ports */
  | { kind: "translate"; address: string; port: number };

export interface Rule {
  matches: ((packet: Packet) => Held)[];
  outcome: Outcome;
}

export interface Chain {
  name: string;
  /** of a chain that the kernel itself calls */
  hook: "input" | "forward" | "prerouting" | null;
  /** `nat` chains translate and do not filter */
  type: "filter" | "nat" | "other";
  policy: "accept" | "drop";
  rules: Rule[];
}

export interface Table {
  families: readonly (4 | 6)[];
  chains: ReadonlyMap<string, Chain>;
}

export type Verdict = "accept" | "drop" | "fall" | `to ${string}`;

const DEEPEST = 16;
const MOST = 50_000;

/** What can become of the packet in the chains of one hook. Null: no chain there says anything at all. */
export function verdictAt(
  tables: readonly Table[],
  { hook, type, packet }: { hook: NonNullable<Chain["hook"]>; type: Chain["type"]; packet: Packet },
): ReadonlySet<Verdict> | null {
  let all: Set<Verdict> | null = null;
  for (const { families, chains } of tables) {
    if (!families.includes(packet.family)) continue;
    for (const chain of chains.values()) {
      if (chain.hook !== hook || chain.type !== type) continue;
      if (chain.rules.length === 0 && chain.policy === "accept") continue;
      const found = new Walk(chains, packet).through(chain);
      if (found.delete("fall")) found.add(chain.policy);
      all = all === null ? found : both(all, found);
    }
  }
  return all;
}

/** One chain lets it pass, the next may not: it has to get past each. */
function both(one: ReadonlySet<Verdict>, other: ReadonlySet<Verdict>): Set<Verdict> {
  const found = new Set<Verdict>();
  for (const a of one) for (const b of other) found.add(a === "accept" ? b : b === "accept" || a === b ? a : "drop");
  return found;
}

class Walk {
  readonly #chains: ReadonlyMap<string, Chain>;
  readonly #packet: Packet;
  #steps = 0;

  constructor(chains: ReadonlyMap<string, Chain>, packet: Packet) {
    this.#chains = chains;
    this.#packet = packet;
  }

  through(chain: Chain, depth = 0): Set<Verdict> {
    const found = new Set<Verdict>();
    if (depth > DEEPEST) return new Set<Verdict>(["accept", "drop", "fall"]);
    for (const { matches, outcome } of chain.rules) {
      this.#steps += 1;
      if (this.#steps > MOST) return new Set<Verdict>(["accept", "drop", "fall"]);
      const held = all(matches.map((match) => match(this.#packet)));
      if (held === "no" || outcome.kind === "none") continue;
      const here = this.#outcome(outcome, depth);
      const ends = outcome.kind === "return" || outcome.kind === "goto";
      const falls = here.delete("fall");
      for (const one of here) found.add(one);
      if (falls && ends) found.add("fall");
      if (held === "yes" && (ends || !falls)) return found;
    }
    return found.add("fall");
  }

  #outcome(outcome: Outcome, depth: number): Set<Verdict> {
    switch (outcome.kind) {
      case "accept":
      case "drop":
        return new Set<Verdict>([outcome.kind]);
      case "translate":
        return new Set<Verdict>([`to ${outcome.address} ${outcome.port}`]);
      case "unsure":
        return new Set<Verdict>(["accept", "drop", "fall"]);
      case "jump":
      case "goto": {
        const chain = this.#chains.get(outcome.chain);
        return chain ? this.through(chain, depth + 1) : new Set<Verdict>(["fall"]);
      }
      default:
        return new Set<Verdict>(["fall"]);
    }
  }
}

function all(held: readonly Held[]): Held {
  return held.includes("no") ? "no" : held.includes("maybe") ? "maybe" : "yes";
}
