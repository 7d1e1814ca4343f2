/** Where in the journal a unit's lines are. */
import type { JournalPlace } from "../journal/journalctl.ts";
import type { SessionOptions } from "./session.ts";

/** what systemd-coredump writes about a process of the unit */
const CORE_DUMP = "fc2e22bc6ee647b6b90729ab34a250b1";

export const KERNEL: JournalPlace = { journal: [], matches: ["_TRANSPORT=kernel"], manager: null };

/** `name` is checked. */
export function placeOf(name: string, mode: SessionOptions["mode"]): JournalPlace {
  return { journal: [], matches: matchesOf(name, mode), manager: mode === "system" ? "1" : null };
}

/** The fields that `journalctl --unit` looks at, given one by one: its option would take a name for a pattern. */
export function matchesOf(name: string, mode: SessionOptions["mode"], uid: number = process.getuid?.() ?? 0): string[] {
  if (mode === "user") {
    const own = `_UID=${uid}`;
    const fields = ["_SYSTEMD_USER_UNIT", "USER_UNIT", "COREDUMP_USER_UNIT", "OBJECT_SYSTEMD_USER_UNIT"];
    return fields.flatMap((field, index) => [...(index > 0 ? ["+"] : []), `${field}=${name}`, own]);
  }
  return [
    ...[`_SYSTEMD_UNIT=${name}`, "+"],
    ...["_PID=1", `UNIT=${name}`, "+"],
    ...["_UID=0", `OBJECT_SYSTEMD_UNIT=${name}`, "+"],
    ...[`MESSAGE_ID=${CORE_DUMP}`, "_UID=0", `COREDUMP_UNIT=${name}`],
  ];
}
