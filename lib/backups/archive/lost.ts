/** Entries of a source that an archive should hold and does not, told apart from sockets and the like. */
import { plural } from "#lib/format/plural.ts";

/** why something is left out; the very words that a manifest tells it in */
export const UNREAD = "may not be read by this server";
export const VANISHED = "went away while being read";

export interface Lost {
  /** that this server may not read */
  unread: number;
  /** that were removed while they were read */
  vanished: number;
}

/** `2 entries left out that Trihelm may not read`; null: nothing is lost. */
export function lostWords({ unread = 0, vanished = 0 }: Partial<Lost> = {}): string | null {
  const parts = [
    ...(unread > 0 ? [`${plural(unread, "entry", "entries")} left out that Trihelm may not read`] : []),
    ...(vanished > 0 ? [`${plural(vanished, "entry", "entries")} left out that went away while being read`] : []),
  ];
  return parts.length === 0 ? null : parts.join(", ");
}
