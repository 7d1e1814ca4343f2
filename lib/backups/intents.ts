/**
 * What is about to be changed for a while, on disk before it is: enough to put everything back with nothing else in hand.
 * An intent goes when all is as it was. What is left of them at the next start is put back by `recover.ts`.
 */
import { randomUUID } from "node:crypto";
import { namesOf } from "#lib/jobs/run.ts";
import { deleteIntent, listIntents, writeIntent } from "./store.ts";

/** A service that is held still, and how it was before. */
export interface HeldService {
  /** its id, and the parts of it that its supervisor is asked by */
  service: string;
  name: string;
  /** another container under the same name is another one; null: no container */
  containerId: string | null;
  /** finds it again when compose has made it anew */
  identity: string | null;
  how: "pause" | "stop" | "signal";
  /** when it entered the state that we put it into, by its supervisor; null: not known to have been reached */
  since: string | null;
}

export interface VolumeAddress {
  host: string;
  scope: string;
  name: string;
}

export interface IntentBodies {
  /** services that are paused or stopped; in the order of stopping */
  quiesce: { services: HeldService[] };
  /** an archive on its way: its place below the folder of backups */
  archive: { place: string };
  /** helper containers of this engine may be there */
  helper: { host: string; scope: string };
  /** a volume or folder made for a while, or not whole yet */
  scratch: { volume: VolumeAddress | null; folder: string | null };
  /**
   * a folder's content that is exchanged: `fresh` becomes `data`, what was there is `old`. `decided`: it has been exchanged
   * and compared, so that the new content stays
   */
  swap: { data: string; fresh: string; old: string; decided: boolean };
  /** a volume that is emptied and filled through its engine; until it is `decided`, its content is that of this backup */
  refill: { volume: VolumeAddress; safety: string; decided: boolean };
}

export type IntentKind = keyof IntentBodies;

export interface Intent<K extends IntentKind = IntentKind> {
  readonly id: string;
  readonly job: string;
  readonly kind: K;
  readonly body: IntentBodies[K];
  /** what its job held while it worked: nobody else may work there before all is as it was */
  readonly locks: readonly string[];
  /** Writes a later state of it. */
  update(body: IntentBodies[K]): Promise<void>;
  /** All is as it was, or as it shall be. */
  done(): Promise<void>;
}

/** Resolves when it is on disk. Throws when it cannot be written: then what was intended must not happen. */
export async function intend<K extends IntentKind>(job: string, kind: K, body: IntentBodies[K]): Promise<Intent<K>> {
  const id = randomUUID();
  const row = { id, job, kind, body, locks: namesOf(job) };
  await write(row);
  return intentOf(row);
}

/** What is not done yet, oldest first. */
export async function openIntents(): Promise<Intent[]> {
  const rows = await listIntents();
  return rows.map(({ id, job, kind, body: text }) => {
    const { locks = [], ...body } = JSON.parse(text);
    return intentOf({ id, job, kind: kind as IntentKind, body, locks });
  });
}

/** True for an intent of this kind. */
export function isKind<K extends IntentKind>(intent: Intent, kind: K): intent is Intent<K> {
  return intent.kind === kind;
}

interface Row<K extends IntentKind> {
  id: string;
  job: string;
  kind: K;
  body: IntentBodies[K];
  locks: readonly string[];
}

function intentOf<K extends IntentKind>(row: Row<K>): Intent<K> {
  let body = row.body;
  return {
    ...row,
    get body() {
      return body;
    },
    async update(next) {
      await write({ ...row, body: next });
      body = next;
    },
    done: () => deleteIntent(row.id),
  };
}

/** The job's row is no place for its names: it has failed after the first start, and what it left may wait for a second one. */
function write<K extends IntentKind>({ id, job, kind, body, locks }: Row<K>): Promise<void> {
  return writeIntent({ id, job, kind, body: { ...body, locks } });
}
