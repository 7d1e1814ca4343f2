/** Arguments that somebody means harm with, for the tests that record what an adapter makes of them. */
import os from "node:os";
import fc from "fast-check";
import { type ActOptions, type HistoryQuery, type LogQuery, SERVICE_ACTIONS, SupervisorError } from "./supervisor.ts";

/** cases of each adapter: a nightly run takes its time */
export const CASES = process.env.TRIHELM_NIGHTLY === "1" ? 100_000 : 5_000;
/** seconds that so many may take before something is wrong */
export const PATIENCE = CASES * 4;

const NASTY = [
  ..."* ? [a-z]* {a,b} .. . / // ../info ../../etc/passwd -rf --help -- -h all 0 1 -1 1e3 /.*/ /^a/ __proto__ constructor".split(
    " ",
  ),
  ..."toString hasOwnProperty %2e%2e%2finfo ..%2f %00 a/b a\\b ~ $HOME $(id) `id` ;id |id &id #x a?b=c a#b a&b".split(
    " ",
  ),
  ...["", " ", "\0", "\n", "\r\n", "a\0b", "a\nb", "a\rb", "\t", "a b", "'", '"', "\u2028", "\u202e", "\ud800", "é"],
  ...["a".repeat(300), "../".repeat(100), "A=1", "UNIT=x", "+", "_PID=1", "a\nX-Injected: 1", "a\r\nHost: x"],
];

const nasty = fc.constantFrom(...NASTY);
const anything = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 20 }));

/** A name: one that is known, one that nearly is, one of a good shape that nobody has, or nonsense. */
export function names(known: readonly string[], shaped: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const one = fc.constantFrom(...known);
  const nearly = fc.tuple(one, fc.oneof(nasty, anything), fc.nat(400)).map(([name, text, at]) => {
    const place = at % (name.length + 1);
    return name.slice(0, place) + text + name.slice(place);
  });
  const bent = one.chain((name) =>
    fc.constantFrom(
      ...[name.toUpperCase(), `/${name}`, `-${name}`, `--${name}`, `${name}\n`, `${name}\0`, ` ${name}`, `${name}/`],
      ...[`*${name}`, name.replace(/[a-z]/, "?"), name.replace(/[a-z]/, "[a-z]"), name.replace(/[a-z]/, "*")],
    ),
  );
  return fc.oneof({ weight: 3, arbitrary: one }, nearly, bent, nasty, anything, shaped);
}

export const actions = fc.constantFrom(...SERVICE_ACTIONS);

const SIGNALS = [...Object.keys(os.constants.signals), "SIGRTMIN+3", "TERM", "sigterm", "9", "0", "-9", "SIGNOPE"];
const seconds = fc.oneof(
  fc.constantFrom(0, 1, 10, 3600, -1, 0.5, 1e21, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.double(),
);

export const actOptions: fc.Arbitrary<ActOptions> = fc.record({
  timeout: fc.option(seconds),
  signal: fc.option(fc.oneof(fc.constantFrom(...SIGNALS), nasty, anything)),
  force: fc.boolean(),
  detached: fc.boolean(),
});

const TIMES = [
  "2026-11-21T10:00:00.123456789Z",
  "2026-11-21T10:00:00+05:30",
  "1970-01-01T00:00:00Z",
  "now",
  "-1h",
  "0",
];
const times = fc.oneof(fc.constantFrom(...TIMES), fc.constantFrom(...TIMES), nasty, anything);

function cursors(own: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const bent = fc.tuple(own, fc.oneof(nasty, anything)).map(([cursor, text]) => cursor + text);
  return fc.oneof({ weight: 3, arbitrary: own }, bent, nasty, anything);
}

/** `own`: cursors of the shape that the adapter gives. */
export function logQueries(own: fc.Arbitrary<string>): fc.Arbitrary<LogQuery> {
  return fc.record({
    tail: fc.option(fc.oneof(fc.nat(5), fc.nat(1_000_000))),
    since: fc.option(times),
    until: fc.option(times),
    after: fc.option(cursors(own)),
    follow: fc.boolean(),
  });
}

export function historyQueries(own: fc.Arbitrary<string>): fc.Arbitrary<HistoryQuery> {
  const cursor = fc.option(cursors(own));
  return fc.record({
    from: fc.constantFrom("oldest" as const, "newest" as const),
    since: fc.option(times),
    until: fc.option(times),
    after: cursor,
    before: cursor,
    through: cursor,
    // made by ourselves out of what somebody looks for
    anyOf: fc.option(fc.array(fc.stringMatching(/^[ -@[-`{-~]{1,8}$/), { minLength: 1, maxLength: 3 })),
  });
}

/** What came of a call: its end, or the one kind of error that may leave an adapter. Anything else is thrown on. */
export async function outcome(call: () => Promise<unknown>): Promise<"done" | SupervisorError> {
  try {
    await call();
    return "done";
  } catch (error) {
    if (error instanceof SupervisorError) return error;
    throw error;
  }
}

/** Reads a few records and leaves, as who closes a page does; gives up on one that is silent. */
export async function sip(
  lines: AsyncIterable<unknown> | null,
  ending: AbortController,
  milliseconds = 500,
): Promise<void> {
  if (lines === null) return;
  const timer = setTimeout(() => ending.abort(), milliseconds);
  let count = 0;
  try {
    for await (const _ of lines) {
      count += 1;
      if (count >= 4) break;
    }
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}
