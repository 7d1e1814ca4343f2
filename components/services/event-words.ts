/** What happened, in the words of a row. Facts in time order, never a cause. */
import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import type { Happening } from "#lib/services/events/happening.ts";
import type { Mark } from "@/components/ui/state-mark.tsx";

export interface EventWords {
  mark: Mark;
  title: string;
  /** with the tool's words between backquotes; empty: there is no more to say */
  more: string;
}

const LOOK: Record<Happening["kind"], [mark: Mark, title: string]> = {
  started: ["running", "Started"],
  stopped: ["stopped", "Stopped"],
  exited: ["failed", "Ended"],
  restarted: ["restarting", "Restarted"],
  paused: ["paused", "Paused"],
  unpaused: ["running", "Unpaused"],
  healthy: ["running", "Healthy"],
  unhealthy: ["unhealthy", "Unhealthy"],
  changed: ["starting", "Changed"],
  recreated: ["starting", "Made anew"],
  unstarted: ["stopped", "Not started"],
  rebooted: ["starting", "Host restarted"],
};

export function eventWords(event: Happening): EventWords {
  const [mark, word] = LOOK[event.kind];
  const title =
    event.kind === "exited" ? endOf(event, word) : event.count > 1 ? `${word} ${plural(event.count, "time")}` : word;
  const detail = detailOf(event);
  // what the tool says of it may be the same words
  const more = detail.toLowerCase() === `${title.toLowerCase()}.` ? "" : detail;
  return { mark, title, more: [more, askedOf(event)].filter(Boolean).join(" ") };
}

function endOf({ oomKilled, signal, code, detail }: Happening, word: string): string {
  if (oomKilled)
    return detail?.memoryLimit
      ? `Killed at its ${formatBytes(detail.memoryLimit)} memory limit`
      : "Killed, the memory was used up";
  if (signal !== null) return `Killed by ${signal}`;
  return code === null ? word : `Exit ${code}`;
}

function detailOf(event: Happening): string {
  const { kind, reason, detail } = event;
  if (kind === "changed") return detail?.from === undefined ? "" : `From \`${detail.from}\` to \`${detail.to ?? ""}\`.`;
  if (kind === "restarted" && (event.code !== null || event.signal !== null || event.oomKilled))
    return `After ${endOf(event, "ended").replace(/^./, (letter) => letter.toLowerCase())}.`;
  return reason === null ? "" : `${reason.replace(/\.$/, "")}.`;
}

function askedOf({ kind, by, missed }: Happening): string {
  const who = by === null ? (kind === "restarted" ? "Nobody asked for it here." : "") : `Asked for by ${by}.`;
  return missed ? `${who} While Trihelm was away.`.trim() : who;
}
