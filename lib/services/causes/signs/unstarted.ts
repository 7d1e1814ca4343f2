/** Its supervisor did not even try: a condition, an assertion, or what it depends on. */
import { type End, lastMatch, quoted, type Sign, shellWord, told } from "./sign.ts";

const CONDITION = /^It was not started: (Condition\S{1,40}=\S{0,200}|a condition in its unit file) does not hold/;
const ASSERT = /^It was not started: (Assert\S{1,40}=\S{0,200}|an assertion in its unit file) does not hold/;
const DEPENDENCY = /^It was not started: (\S{1,255}) failed, and it depends on it/;
const UNNAMED = /^It was not started: what it depends on failed/;
/** `Dependency failed for Shop.`, `web.service: Job web.service/start failed with result 'dependency'.` */
const SAID = [/^Dependency failed for .{1,200}$/, /\/start failed with result 'dependency'\.$/];
const ASSERTED = [/^Starting requested but asserts failed\.$/, /\.service: Starting requested but asserts failed\.$/];

export function unstarted({ event, reason, lines, name }: End): Sign | null {
  const condition = reason === null ? null : CONDITION.exec(reason);
  const cat = `systemctl cat ${shellWord(name)}`;
  if (condition)
    return {
      signature: "condition",
      line: null,
      explain: () =>
        told(
          "A condition did not hold",
          `systemd did not start it, and calls that no failure: ${quoted(condition[1]!)} does not hold.`,
          {
            next: "Make it hold, or take the condition out.",
            command: cat,
          },
        ),
    };
  const assert = reason === null ? null : ASSERT.exec(reason);
  const asserted = assert ? null : lastMatch(lines, ASSERTED);
  if (assert || asserted)
    return {
      signature: "assert",
      line: asserted?.line ?? null,
      explain: () =>
        told(
          "An assertion did not hold",
          `systemd refused to start it${assert ? `: ${quoted(assert[1]!)} does not hold` : " because of an `Assert…=` in its unit file"}.`,
          {
            next: "Make it hold, or take the assertion out.",
            command: cat,
          },
        ),
    };
  const named = reason === null ? null : DEPENDENCY.exec(reason);
  const said = event === "unstarted" ? lastMatch(lines, SAID) : null;
  if (!named && !said && !(reason && UNNAMED.test(reason))) return null;
  return {
    signature: "dependency-failed",
    line: said?.line ?? null,
    explain: () =>
      told(
        "What it depends on failed",
        named
          ? `systemd did not start it because ${quoted(named[1]!)}, which it requires, did not start.`
          : "systemd did not start it because a unit that it requires did not start.",
        {
          next: "Start what it depends on first: its own log says why that failed.",
          command: `systemctl list-dependencies ${shellWord(name)}`,
        },
      ),
  };
}
