/** Keeps what happens to every service: compared look by look, written a moment later, many at once. */
import { timestamp } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { onEnding } from "#lib/platform/shutdown.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { type Look, type Snapshot, snapshot } from "../snapshot.ts";
import { compare, type Seen, seenOf, unseen } from "./compare.ts";
import { type Boot, currentBoot, rebooted } from "./host-boot.ts";
import { deleteHappenings, type Kept, readBoot, readSeen, writeBoot, writeHappenings } from "./store.ts";

/** the host whose services these are */
const HOST = "local";
/** milliseconds */
const SOON = 250;
const LATER = 5000;
const DAY = 86_400_000;
const KEPT_DAYS = 400;
/** what waits for a database that cannot be written: older ones go first */
const MOST_WAITING = 20_000;

export type HappenedListener = (happened: Kept) => void;

export class Recorder {
  /** by id; of an earlier run of this server until it is looked at in this one */
  readonly #seen: Map<string, Seen>;
  readonly #fresh = new Set<string>();
  readonly #listeners = new Set<HappenedListener>();
  #happened: Kept[] = [];
  #changed = new Map<string, Seen>();
  #due: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** what ended since then is told although nobody saw it before: it came and failed between two looks */
  readonly #from = Date.now();

  constructor(seen: Map<string, Seen>) {
    this.#seen = seen;
  }

  look({ id, kind, record, asked }: Look): void {
    const before = this.#seen.get(id);
    const now = seenOf(record, kind, before ?? null);
    const missed = !this.#fresh.has(id);
    this.#fresh.add(id);
    if (before && JSON.stringify(before) === JSON.stringify(now)) return;
    this.#seen.set(id, now);
    this.#changed.set(id, now);
    const last = before ? { seen: before, missed } : unseen(record, now, this.#from);
    const how = { at: timestamp(), asked, missed: last?.missed ?? false };
    const happened = last ? compare(last.seen, { record, now }, how) : [];
    this.tell(happened.map((one) => ({ service: id, ...one })));
  }

  /** Keeps what somebody else has seen, and tells of it. */
  tell(happened: Kept[]): void {
    this.#keep(happened);
    for (const one of happened) for (const listener of this.#listeners) listener(one);
  }

  /** Tells of everything as it happens, before it is written. */
  onHappened(listener: HappenedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How it was when it was last looked at; null: nobody has seen it. */
  seen(id: string): Seen | null {
    return this.#seen.get(id) ?? null;
  }

  /** Ids of services that were last seen to listen on this port of the host. */
  listenersOn(port: number): string[] {
    return [...this.#seen].flatMap(([id, seen]) => (seen.ports?.includes(port) ? [id] : []));
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #keep(happened: Kept[], wait = SOON): void {
    this.#happened.push(...happened);
    if (this.#happened.length > MOST_WAITING) this.#happened.splice(0, this.#happened.length - MOST_WAITING);
    this.#due ??= setTimeout(() => {
      this.#due = null;
      void this.flush();
    }, wait).unref();
  }

  async #write(): Promise<void> {
    const [happened, changed] = [this.#happened, this.#changed];
    if (happened.length === 0 && changed.size === 0) return;
    [this.#happened, this.#changed] = [[], new Map()];
    try {
      await writeHappenings(happened, changed);
    } catch (error) {
      logger("events").error({ err: error }, `what happened is not written yet: ${messageOf(error)}`);
      this.#changed = new Map([...changed, ...this.#changed]);
      this.#keep(happened, LATER);
    }
  }
}

/** The recorder of this server. */
export function recorder(): Promise<Recorder> {
  return singleton("recorder", async () => new Recorder(await readSeen()));
}

/** Records from now on, until the server ends. */
export async function recordHappenings(board: Snapshot = snapshot()): Promise<void> {
  const own = await recorder();
  board.onLook((look) => own.look(look));
  await lookAtHost(own);
  const clean = () =>
    void deleteHappenings(new Date(Date.now() - KEPT_DAYS * DAY)).catch((error) =>
      logger("events").error({ err: error }, "what is too old stays"),
    );
  const cleaning = setInterval(clean, DAY).unref();
  onEnding(async () => {
    clearInterval(cleaning);
    await own.flush();
  });
}

/** Tells of a restart of the machine while this server was away; its services are told one by one as they are seen. */
export async function lookAtHost(own: Recorder, boot: Boot | null = currentBoot()): Promise<void> {
  if (!boot) return;
  const before = await readBoot(HOST);
  const happened = rebooted(HOST, before, boot);
  if (happened) own.tell([happened]);
  if (before !== boot.id) await writeBoot(HOST, boot.id);
}
