/** Conditions that both kinds of rules have: whether each holds for a stranger's first packet. */
import { isIP } from "node:net";
import type { Held, Packet } from "./ruleset.ts";

export type Condition = (packet: Packet) => Held;

export const always: Condition = () => "yes";
export const never: Condition = () => "no";
export const unsure: Condition = () => "maybe";

export function not(condition: Condition): Condition {
  return (packet) => ({ yes: "no", no: "yes", maybe: "maybe" })[condition(packet)] as Held;
}

export function protocolIs(names: readonly string[]): Condition {
  return ({ protocol }) =>
    held(names.some((name) => [protocol, "all", protocol === "tcp" ? "6" : "17"].includes(name)));
}

/** Ranges with both ends; a single port is a range of one. */
export function portIn(ranges: readonly (readonly [number, number])[]): Condition {
  return ({ port }) => held(ranges.some(([first, last]) => port >= first && port <= last));
}

/** A stranger has none of the addresses that somebody would name. */
export function from(network: string): Condition {
  return /^(0\.0\.0\.0|::)\/0$/.test(network) ? always : never;
}

export function to(network: string): Condition {
  const [address = "", bits] = network.split("/");
  if (/^(0\.0\.0\.0|::)$/.test(address) && bits === "0") return always;
  // a packet from outside never goes to these
  if (/^(127\.|22[4-9]\.|23\d\.|255\.|::1$|ff)/i.test(address)) return never;
  return ({ destination }) => {
    if (destination === null) return "maybe";
    const length = bits === undefined ? (isIP(address) === 6 ? 128 : 32) : Number(bits);
    return isIP(address) === isIP(destination) ? held(isWithin(destination, address, length)) : "no";
  };
}

/** `eth0`, or `eth+` and `eth*` for all that begin so. */
export function comesBy(name: string): Condition {
  return ({ outside }) =>
    outside.length === 0 && !isInside(name) ? "maybe" : held(outside.some((one) => fits(name, one)));
}

export function leavesBy(name: string): Condition {
  return ({ out }) => (out === null ? "maybe" : held(out !== "" && fits(name, out)));
}

/** States of a connection: the first packet begins one. */
export function stateIn(names: readonly string[]): Condition {
  return ({ out }) => {
    const states = names.map((name) => name.toLowerCase());
    return held(states.includes("new") || (states.includes("dnat") && out !== ""));
  };
}

/** What kind of address it goes to. */
export function destinationType(name: string): Condition {
  return ({ out }) => held(name.toLowerCase() === (out === "" ? "local" : "unicast"));
}

function isInside(name: string): boolean {
  return /^(lo$|docker|br-|veth|virbr|cni|podman)/.test(name);
}

function fits(pattern: string, name: string): boolean {
  const stem = /^(.*)[+*]$/.exec(pattern)?.[1];
  return stem === undefined ? pattern === name : name.startsWith(stem);
}

function held(is: boolean): Held {
  return is ? "yes" : "no";
}

/** True when the first bits of both addresses are the same. */
export function isWithin(address: string, network: string, bits: number): boolean {
  const [one, other] = [bitsOf(address), bitsOf(network)];
  const shift = BigInt((isIP(network) === 6 ? 128 : 32) - Math.min(bits, isIP(network) === 6 ? 128 : 32));
  return one !== null && other !== null && one >> shift === other >> shift;
}

function bitsOf(address: string): bigint | null {
  if (isIP(address) === 4) return address.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  if (isIP(address) !== 6 || address.includes(".")) return null;
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => part.split(":").filter(Boolean);
  const filled = tail === undefined ? [] : Array<string>(8 - groups(head).length - groups(tail).length).fill("0");
  const all = [...groups(head), ...filled, ...groups(tail ?? "")];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
