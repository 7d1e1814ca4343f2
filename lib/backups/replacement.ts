/**
 * An exact exchange of all that a volume or folder holds, never a merge. At every moment it is exactly what it was or
 * exactly what the archive holds, and an intent says which of the two it shall be after a crash.
 */
import type { JobHandle } from "#lib/jobs/run.ts";
import type { AtHand } from "./at-hand.ts";
import type { BackupRow } from "./store.ts";

export interface Replacement {
  /** All that can be done while the users still run. */
  prepare(job: JobHandle): Promise<void>;
  /** With the users stopped and `safety` whole: the new content is in place and compared when this resolves. */
  replace(job: JobHandle, safety: BackupRow): Promise<void>;
  /** From here on a crash keeps the new content. */
  decide(): Promise<void>;
  /** From here on a crash brings the old content back, also after `decide`. */
  recall(): Promise<void>;
  /** After `recall`, with the users stopped: the old content is back when this resolves. Again is nothing. */
  putBack(job: JobHandle): Promise<void>;
  /** The new content stays: what was kept of the old one beside its safety copy goes. */
  finish(): Promise<void>;
  /** Nothing was replaced, or it was put back: removes what was prepared. */
  discard(): Promise<void>;
}

export interface NewContent extends AtHand {
  row: BackupRow;
}
