/** The codes in a piece of log that somebody sends. It is anybody's text: bounded, and others are served meanwhile. */
import { claimRequest, newAttemptBook } from "#lib/auth/attempts.ts";
import { AppError } from "#lib/platform/errors.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { Detector, type SeenCode } from "./detector.ts";

/** looked into, and told, at most */
const PICTURES = 20;
const CODES = 50;
/** milliseconds of work between two turns of the event loop, and lines between two looks at the clock */
const SLICE = 12;
const CHUNK = 16;

const readers = () => singleton("relay.readers", () => ({ busy: new Set<string>(), book: newAttemptBook() }));

/** As `decodeText`, one at a time for each caller and no more than a request a second. Throws `rate_limited`. */
export async function decodeFor(caller: { address: string; account: string }, text: string): Promise<SeenCode[]> {
  const { busy, book } = readers();
  const { account } = caller;
  if (busy.has(account))
    throw new AppError("rate_limited", "Another text of yours is being read", { extensions: { retryAfter: 2 } });
  claimRequest(caller, book);
  busy.add(account);
  try {
    return await decodeText(text);
  } finally {
    busy.delete(account);
  }
}

/** Every code in it, each once, oldest first, fifty at most; lines are counted from 1. */
export async function decodeText(text: string): Promise<SeenCode[]> {
  const detector = new Detector({ pictures: PICTURES, codes: CODES });
  const found: SeenCode[] = [];
  let turn = performance.now();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const seen = detector.push(line, index + 1);
    found.push(...seen);
    if ((seen.length === 0 && index % CHUNK !== 0) || performance.now() - turn < SLICE) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
  found.push(...detector.settle());
  const told = new Set<string>();
  return found
    .sort((left, right) => left.firstLine - right.firstLine)
    .filter(({ payload }) => payload === null || (!told.has(payload) && told.add(payload)));
}
