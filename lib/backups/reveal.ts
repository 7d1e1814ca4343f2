/**
 * Content that takes the permission `reveal`: what a folder, a unit or a stack holds is full of secrets that are masked
 * elsewhere. A volume that such content was put into says so by a label, and its backups and copies keep that.
 */
import { type BackupRow, backupOf, extraOf } from "./store.ts";

const LABEL = "trihelm.reveal";

/** True for a volume that holds what was no volume's. */
export function isGuarded(labels: unknown): boolean {
  return typeof labels === "object" && labels !== null && LABEL in labels;
}

/** What a volume is labelled besides when it is made of a guarded one. */
export function guardOf(isGuarded: boolean): Record<string, string> {
  return isGuarded ? { [LABEL]: "1" } : {};
}

/** True for a backup whose content takes `reveal`. */
export function isGuardedBackup(row: BackupRow): boolean {
  return !("volume" in backupOf(row).source) || isGuarded(extraOf(row).context?.labels);
}
