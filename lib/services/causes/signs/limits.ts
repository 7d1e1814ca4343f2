/** Its supervisor has given it up: what that means, beside why it ended. */
import { type End, lastMatch, type Sign, shellWord, told } from "./sign.ts";

const HIT = [/\.service: Start request repeated too quickly\.$/, /\.service: Failed with result 'start-limit-hit'\.$/];

/** Where nothing else explains the end: that it was started too often is all there is. */
export function startLimit(end: End): Sign | null {
  if (!isLimit(end)) return null;
  const line = lastMatch(end.lines, HIT)?.line ?? null;
  return {
    signature: "start-limit",
    line,
    explain: () =>
      told(
        "It was started too often",
        "systemd starts it no more until its counter is cleared, so that it does not go on for ever.",
        {
          next: "See why its runs ended; then clear the counter and start it.",
          command: `systemctl reset-failed ${shellWord(end.name)}`,
        },
      ),
  };
}

/** A sentence to put behind any explanation; null: it will be started again, or never would have been. */
export function givenUp(end: End): string | null {
  if (isLimit(end)) return `systemd starts it no more until \`systemctl reset-failed ${shellWord(end.name)}\`.`;
  if (!end.gaveUp) return null;
  if (end.supervisor === "pm2") return "PM2 has given it up: it ended too often right after its start.";
  if (end.supervisor === "systemd") return "systemd does not start it again by itself.";
  return "The engine has used up its tries and does not start it again.";
}

function isLimit({ supervisor, reason, lines }: End): boolean {
  return supervisor === "systemd" && (reason?.includes("start-limit-hit") === true || lastMatch(lines, HIT) !== null);
}
