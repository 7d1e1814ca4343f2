/** Rules as `nft -j list ruleset` prints them. */
import { z } from "zod";
import {
  always,
  type Condition,
  comesBy,
  destinationType,
  from,
  leavesBy,
  never,
  not,
  portIn,
  protocolIs,
  stateIn,
  to,
  unsure,
} from "./conditions.ts";
import type { Chain, Outcome, Rule, Table } from "./ruleset.ts";

const FAMILIES: Record<string, readonly (4 | 6)[]> = { ip: [4], ip6: [6], inet: [4, 6] };
const HOOKS: Record<string, Chain["hook"]> = { input: "input", forward: "forward", prerouting: "prerouting" };
const VERDICTS: Record<string, Outcome["kind"]> = {
  accept: "accept",
  drop: "drop",
  reject: "drop",
  return: "return",
  queue: "unsure",
  redirect: "unsure",
  xt: "unsure",
};

const place = z.object({ family: z.string(), table: z.string() });
const chainSchema = place.extend({
  name: z.string(),
  type: z.string().optional(),
  hook: z.string().optional(),
  policy: z.string().optional(),
});
const ruleSchema = place.extend({ chain: z.string(), expr: z.array(z.record(z.string(), z.unknown())) });
const setSchema = place.extend({ name: z.string(), elem: z.array(z.unknown()).default([]) });
const answer = z.object({
  nftables: z.array(
    z.object({
      chain: chainSchema.optional().catch(undefined),
      rule: ruleSchema.optional().catch(undefined),
      set: setSchema.optional().catch(undefined),
      map: setSchema.optional().catch(undefined),
    }),
  ),
});

type Sets = ReadonlyMap<string, readonly unknown[]>;

/** Tables but those that `isOthers`. Throws SyntaxError or ZodError for what nft does not print. */
export function parseNftables(text: string, isOthers: (family: string, table: string) => boolean): Table[] {
  const { nftables } = answer.parse(JSON.parse(text));
  const tables = new Map<
    string,
    { families: readonly (4 | 6)[]; chains: Map<string, Chain>; sets: Map<string, unknown[]> }
  >();
  const tableOf = ({ family, table }: z.infer<typeof place>) => {
    const families = FAMILIES[family];
    if (!families || isOthers(family, table)) return null;
    const key = `${family} ${table}`;
    const known = tables.get(key) ?? { families, chains: new Map(), sets: new Map() };
    tables.set(key, known);
    return known;
  };
  for (const { chain, set, map } of nftables) {
    const held = set ?? map;
    if (held) tableOf(held)?.sets.set(`@${held.name}`, held.elem);
    if (!chain) continue;
    tableOf(chain)?.chains.set(chain.name, {
      name: chain.name,
      hook: HOOKS[chain.hook ?? ""] ?? null,
      type: chain.type === "filter" || chain.type === "nat" ? chain.type : "other",
      policy: chain.policy === "drop" ? "drop" : "accept",
      rules: [],
    });
  }
  for (const { rule } of nftables) {
    const table = rule && tableOf(rule);
    if (table) table.chains.get(rule.chain)?.rules.push(...rulesOf(rule.expr, table.sets));
  }
  return [...tables.values()];
}

/** Mostly one; a map of verdicts is a rule for each of its entries. */
function rulesOf(expressions: readonly Record<string, unknown>[], sets: Sets): Rule[] {
  const matches: Condition[] = [];
  for (const expression of expressions) {
    const [kind = "", value] = Object.entries(expression)[0] ?? [];
    if (kind === "match") matches.push(matchOf(value, sets));
    else if (kind === "vmap")
      return entriesOf(value, sets).map((entry) => ({ ...entry, matches: [...matches, ...entry.matches] }));
    else if (kind === "dnat") return [{ matches, outcome: translationOf(value) }];
    else if (kind === "jump" || kind === "goto")
      return [{ matches, outcome: { kind, chain: String((value as { target?: unknown } | null)?.target ?? "") } }];
    // the name of a match of the older tool's, of which nothing else is printed
    else if (kind === "xt" && (value as { type?: unknown }).type === "match") matches.push(unsure);
    else if (VERDICTS[kind]) return [{ matches, outcome: { kind: VERDICTS[kind] } as Outcome }];
  }
  return [{ matches, outcome: { kind: "none" } }];
}

function entriesOf(value: unknown, sets: Sets): Rule[] {
  const { key, data } = (value ?? {}) as { key?: unknown; data?: unknown };
  return elementsOf(data, sets).flatMap((element) => {
    const [left, verdict] = Array.isArray(element) ? element : [];
    const [rule] = rulesOf([verdict as Record<string, unknown>], sets);
    return rule ? [{ matches: [conditionOf(key, [left])], outcome: rule.outcome }] : [];
  });
}

function matchOf(value: unknown, sets: Sets): Condition {
  const { left, right, op } = (value ?? {}) as { left?: unknown; right?: unknown; op?: string };
  const condition = conditionOf(left, elementsOf(right, sets));
  if (op === "!=") return not(condition);
  return op === undefined || op === "==" || op === "in" ? condition : unsure;
}

function conditionOf(left: unknown, values: readonly unknown[]): Condition {
  const [kind = "", about] = Object.entries((left ?? {}) as object)[0] ?? [];
  const { key, protocol, field, result } = (about ?? {}) as Record<string, unknown>;
  const words = values.map(String);
  const any = (one: (value: string) => Condition): Condition => oneOf(words.map(one));
  if (kind === "meta" && /^(iif|iifname)$/.test(String(key))) return any(comesBy);
  if (kind === "meta" && /^(oif|oifname)$/.test(String(key))) return any(leavesBy);
  if (kind === "meta" && key === "l4proto") return protocolIs(words);
  if (kind === "meta" && key === "nfproto") return ({ family }) => (words.includes(`ipv${family}`) ? "yes" : "no");
  if (kind === "ct" && key === "state") return stateIn(words);
  if (kind === "ct" && key === "status") return words.includes("dnat") ? stateIn(["dnat"]) : unsure;
  if (kind === "fib" && result === "type") return any(destinationType);
  if (kind !== "payload") return unsure;
  if (field === "dport") {
    const isIt = portIn(values.flatMap(rangeOf));
    return protocol === "th" ? isIt : oneOf([isIt], protocolIs([String(protocol)]));
  }
  if (field === "saddr") return any((text) => from(text));
  if (field === "daddr") return values.some((one) => typeof one === "object") ? addressesIn(values) : any(to);
  if (protocol === "icmp" || protocol === "icmpv6") return never;
  return field === "protocol" || field === "nexthdr" ? protocolIs(words) : unsure;
}

function addressesIn(values: readonly unknown[]): Condition {
  return oneOf(
    values.map((one) => {
      const prefix = (one as { prefix?: { addr?: string; len?: number } } | null)?.prefix;
      return prefix ? to(`${prefix.addr}/${prefix.len}`) : typeof one === "string" ? to(one) : unsure;
    }),
  );
}

/** Any of them, where `and` holds too. */
function oneOf(conditions: readonly Condition[], and: Condition = always): Condition {
  return (packet) => {
    const held = conditions.map((condition) => condition(packet));
    const one = held.includes("yes") ? "yes" : held.includes("maybe") ? "maybe" : "no";
    const too = and(packet);
    return one === "no" || too === "no" ? "no" : one === "yes" ? too : "maybe";
  };
}

/** One value, a list, a set written out, or the name of one. */
function elementsOf(value: unknown, sets: Sets): readonly unknown[] {
  if (typeof value === "string" && value.startsWith("@")) return sets.get(value) ?? [];
  if (Array.isArray(value)) return value;
  const set = (value as { set?: unknown } | null)?.set;
  return set === undefined ? [value] : elementsOf(set, sets);
}

function rangeOf(value: unknown): [number, number][] {
  const range = (value as { range?: unknown[] } | null)?.range;
  const [first, last] = range ? range.map(Number) : [Number(value), Number(value)];
  return Number.isInteger(first) && Number.isInteger(last) ? [[first!, last!]] : [];
}

function translationOf(value: unknown): Outcome {
  const { addr, port } = (value ?? {}) as { addr?: unknown; port?: unknown };
  return typeof addr === "string" && typeof port === "number"
    ? { kind: "translate", address: addr, port }
    : { kind: "unsure" };
}
