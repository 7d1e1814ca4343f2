/**
 * Which sign explains an end. What the supervisor says stands above what a program prints; of what it printed, the last
 * known sign counts, unless an error that nothing caught came clearly later. Where nothing is known, nothing is said.
 */
import type { Cause } from "./shapes.ts";
import { diskFull } from "./signs/disk-full.ts";
import { unhealthy } from "./signs/health.ts";
import { badInterpreter } from "./signs/interpreter.ts";
import { givenUp, startLimit } from "./signs/limits.ts";
import { killedForMemory, outOfHeap } from "./signs/memory.ts";
import { missing } from "./signs/missing.ts";
import { permission } from "./signs/permission.ts";
import { portInUse } from "./signs/port-in-use.ts";
import { refused } from "./signs/refused.ts";
import { notSetUp } from "./signs/setup.ts";
import type { End, Known, Question, Sign } from "./signs/sign.ts";
import { signals } from "./signs/signals.ts";
import { timeouts } from "./signs/timeouts.ts";
import { silent, uncaught } from "./signs/uncaught.ts";
import { unstarted } from "./signs/unstarted.ts";

/** told by the supervisor, or by the manager's own lines: the first that fits */
const FACTS = [unhealthy, unstarted, killedForMemory, notSetUp, timeouts];
/** told by what it printed: the one with the last line; on one line the first of these */
const PRINTED = [portInUse, diskFull, outOfHeap, badInterpreter, permission, missing, refused];
const REST = [signals, startLimit, uncaught, silent];
/** milliseconds: what was printed so long before the end has not much to do with it */
const OLD = 60_000;
/** an error that came so much later than a known sign is another matter */
const LATER = 2000;

/** `ask` answers what only the host knows; it may fail, and then nothing is known of that. */
export async function explain(end: End, ask: (question: Question) => Promise<Known>): Promise<Cause["explanation"]> {
  const sign = signOf(end);
  if (!sign) return null;
  const known = sign.ask ? await ask(sign.ask) : {};
  const explained = sign.explain(known);
  const addition = sign.signature === "start-limit" ? null : givenUp(end);
  return {
    signature: sign.signature,
    ...explained,
    words: addition === null ? explained.words : `${explained.words} ${addition}`,
    evidence: sign.line === null ? null : (end.lines[sign.line]?.text.trim() ?? null),
  };
}

export function signOf(end: End): Sign | null {
  for (const find of FACTS) {
    const sign = find(end);
    if (sign) return sign;
  }
  const printed = end.event === "unstarted" ? null : lastPrinted(end);
  const error = uncaught(end);
  if (printed && !(error && isLater(end, error, printed))) return printed;
  for (const find of error ? [uncaught, ...REST] : REST) {
    const sign = find(end);
    if (sign) return sign;
  }
  return null;
}

function lastPrinted(end: End): Sign | null {
  const last = end.lines.at(-1)?.time ?? null;
  let best: Sign | null = null;
  for (const find of PRINTED) {
    const sign = find(end);
    if (!sign) continue;
    if (sign.line === null) return sign;
    const time = end.lines[sign.line]!.time;
    if (last !== null && time !== null && last - time > OLD) continue;
    if (!best || sign.line > best.line!) best = sign;
  }
  return best;
}

function isLater({ lines }: End, error: Sign, sign: Sign): boolean {
  if (sign.line === null || error.line === null || error.line <= sign.line) return false;
  const [a, b] = [lines[error.line]!.time, lines[sign.line]!.time];
  return a !== null && b !== null && a - b > LATER;
}
