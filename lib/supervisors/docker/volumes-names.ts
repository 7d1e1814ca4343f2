/** What a volume may be called, checked before anything is called with it; and what our own helpers bear. */
import { SupervisorError } from "../supervisor.ts";
import type { ListEntry } from "./shapes.ts";

export const HELPER_LABEL = "trihelm.helper";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/;

/** The only way into a path of the API. Throws `invalid_name` for what no engine ever calls a volume. */
export function volumePath(name: string): string {
  checkVolumeName(name);
  return `/volumes/${name}`;
}

export function checkVolumeName(name: string): void {
  if (!NAME.test(name))
    throw new SupervisorError(
      "invalid_name",
      "A volume's name has letters, digits, dots, dashes and underscores, and begins with a letter or a digit",
    );
}

/** A container of ours that was made and, as it should be, never started: it is no service. */
export function isHelper(entry: ListEntry): boolean {
  return entry.Labels?.[HELPER_LABEL] !== undefined && entry.State === "created";
}
