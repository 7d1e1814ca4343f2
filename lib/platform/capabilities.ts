/** What the kernel lets this process do to files that belong to others. */
import fs from "node:fs";
import { singleton } from "./singleton.ts";

/** bits of a capability set, by their numbers in capabilities(7) */
const CHOWN = 0;
const DAC_OVERRIDE = 1;
const DAC_READ_SEARCH = 2;
const FOWNER = 3;

/** True when every file of every owner can be read, or also written with its owner and mode. */
export function may(what: "read" | "write"): boolean {
  const set = singleton("capabilities", effective);
  const has = (bit: number) => ((set >> BigInt(bit)) & 1n) === 1n;
  return what === "read" ? has(DAC_OVERRIDE) || has(DAC_READ_SEARCH) : has(CHOWN) && has(DAC_OVERRIDE) && has(FOWNER);
}

function effective(): bigint {
  try {
    const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(fs.readFileSync("/proc/self/status", "utf8"))?.[1];
    return hex ? BigInt(`0x${hex}`) : 0n;
  } catch {
    // no Linux: nothing is known, so nothing is promised
    return 0n;
  }
}
