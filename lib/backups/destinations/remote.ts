/**
 * A place for copies that is not this disk. Keys are relative, with `/` between their parts and none at their ends; where
 * they stand there is the adapter's matter. A key names either the whole file or none: what is cut off in the middle
 * leaves nothing under it, and what could stay beside it is removed at the next `put` of the same key.
 *
 * Errors: AppError `action_failed` with the other side's words, `timeout`, `not_found` of `get`; what an aborted signal
 * throws is passed on. No message holds a secret.
 */
import type { Readable } from "node:stream";

export interface Remote {
  /** how people name it: `s3:hel-1-backups`, `sftp://nas.lan` */
  readonly name: string;
  /** How people name a file there. */
  tells(key: string): string;
  /**
   * Stores what the stream gives, in place of what is there. `size` where it is known beforehand. `proven` where the other
   * side has told a hash of what it keeps, and it is that of what was sent; otherwise it has to be read back.
   */
  put(key: string, body: Readable, how: { size: number | null; signal: AbortSignal }): Promise<{ proven: boolean }>;
  /** The file, or its bytes from `start` to `end`, both included. Destroying the stream ends the other side's part. */
  get(key: string, how: { signal: AbortSignal; range?: { start: number; end: number } }): Promise<Readable>;
  /** Files whose keys begin with this folder, in no order. */
  list(folder: string, signal: AbortSignal): Promise<{ key: string; size: number }[]>;
  /** One that is not there is removed already. */
  remove(key: string, signal: AbortSignal): Promise<void>;
  /** Ends what it keeps open. */
  close(): void;
}

/** seconds in which the other side has to answer */
export const PATIENCE = 30;
