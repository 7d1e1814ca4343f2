/**
 * Alerts at work: what those who watch find goes through the desk into the book, is written, shown, and told. It sleeps until
 * something is due or something comes.
 */

import { messageOf as wordsOfError } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { Book, type Clock } from "./book.ts";
import type { Message } from "./channels/shapes.ts";
import { Desk } from "./desk.ts";
import type { Relations } from "./grouping.ts";
import { alertOf, type Incident, type StoredIncident } from "./incident.ts";
import { messageOf } from "./message.ts";
import { covers, isActive } from "./mute-times.ts";
import type { RuleRow } from "./rule-row.ts";
import type { Running } from "./running.ts";
import type { Alert, Mute } from "./shapes.ts";
import { askAgain, explained, said, type Telling, takeTellings, tellingDue } from "./telling.ts";
import { type Board, ServiceWatch } from "./watch-services.ts";

export interface Outside {
  clock: Clock;
  board: Board;
  relations: Relations;
  rules(): Promise<RuleRow[]>;
  mutes(): Promise<Mute[]>;
  write(incidents: readonly StoredIncident[]): Promise<void>;
  publish(alert: Alert): void;
  /** Null: a channel took it; else why nobody is told. */
  tell(message: Message, wanted: { channels: string[] | null }): Promise<string | null>;
  isExplained(service: string): boolean;
  /** Rules or what they look at have changed: figures, disks and the rest are looked at again. */
  lookAgain(): void;
  place: { host: string; base: string };
}

/** Somebody for whom time alone changes something. */
export interface Watcher {
  tick(): void;
  /** when it next does, by the clock that never goes back */
  due(): number;
}

/** milliseconds between two rounds: what is counted often is written no more often */
const ROUND = 250;
const SOON = 20;
/** the clock of the wall is looked at this often: mutes go by it */
const LONGEST = 30_000;
const RETRY = 5000;

export class Engine implements Running {
  readonly desk: Desk;
  readonly book: Book;
  readonly services: ServiceWatch;
  readonly #watchers: Watcher[];
  readonly #outside: Outside;
  #mutes: readonly Mute[] = [];
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #roundAt = Number.NEGATIVE_INFINITY;
  #isOver = false;

  constructor(outside: Outside) {
    this.#outside = outside;
    this.book = new Book(outside.clock);
    this.desk = new Desk(outside.clock, this.book);
    this.services = new ServiceWatch(this.desk, outside.board);
    this.#watchers = [this.services];
  }

  /** How a service came down is known now; null: nothing explains it. */
  explained(service: string, cause: string | null): void {
    if (cause !== null) this.book.explain(service, cause);
    explained(this.book, this.#outside.clock, service);
    this.wake();
  }

  add(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** Takes up what an earlier run has left. */
  async start(left: readonly StoredIncident[]): Promise<void> {
    this.book.restore(left);
    this.#mutes = await this.#outside.mutes();
    this.desk.setRules(await this.#outside.rules());
    this.wake();
  }

  /** Something has come in: a round is due, though no sooner than the last one allows. */
  wake(): void {
    this.#sleep(Math.max(0, this.#roundAt + ROUND - this.#outside.clock.mono()));
  }

  /** Writes what is not written yet; nothing is told after it. */
  async stop(): Promise<void> {
    this.#isOver = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#round;
    await this.#write();
  }

  async rulesChanged(): Promise<void> {
    this.desk.setRules(await this.#outside.rules());
    this.services.all();
    this.#outside.lookAgain();
    await this.round();
  }

  async mutesChanged(): Promise<void> {
    this.#mutes = await this.#outside.mutes();
    await this.round();
  }

  async acknowledge(id: string, by: string, note: string | null): Promise<boolean> {
    const incident = this.book.find(id);
    if (!incident) return false;
    const isFirst = this.book.acknowledge(incident, by, note);
    // who looks after it looks after what it has taken down
    for (const part of this.book.open()) if (part.parent === id) this.book.acknowledge(part, by, null);
    if (isFirst && incident.detail.said?.state === "open")
      void this.#send(incident, this.#messageOf("acknowledged", { incident, parts: [] }));
    await this.round();
    return true;
  }

  live(): StoredIncident[] {
    return [...this.book.known()];
  }

  /** One round: what is due happens, is written, shown and told. */
  round(): Promise<void> {
    this.#round = this.#round.then(() => this.#go()).catch((err: unknown) => this.#failed(err));
    return this.#round;
  }

  async #go(): Promise<void> {
    this.#roundAt = this.#outside.clock.mono();
    for (const watcher of this.#watchers) watcher.tick();
    this.desk.tick();
    if (this.#mutes.length > 0 || this.book.open().some(({ detail }) => detail.muted))
      askAgain(this.book, this.#outside.clock);
    const muteOf = (incident: Incident) => this.#muteOf(incident);
    const { clock, relations, isExplained } = this.#outside;
    const tellings = this.#isOver ? [] : takeTellings(this.book, clock, { ...relations, muteOf, isExplained });
    // written first: a crash from here on tells it again at worst, and loses nothing
    await this.#write();
    for (const telling of tellings) void this.#tell(telling);
    const due = Math.min(this.desk.due(), tellingDue(this.book), ...this.#watchers.map((watcher) => watcher.due()));
    this.#sleep(Math.min(LONGEST, Math.max(SOON, due - clock.mono())));
  }

  async #write(): Promise<void> {
    const changed = this.book.takeChanged();
    if (changed.length === 0) return;
    const known = [...this.book.known()];
    for (const one of changed)
      this.#outside.publish(alertOf(one, known.filter(({ parent }) => parent === one.id).length));
    try {
      await this.#outside.write(changed);
    } catch (error) {
      for (const one of changed) this.book.changed(one);
      throw error;
    }
  }

  async #tell(telling: Telling): Promise<void> {
    const { incident, kind } = telling;
    const untold = await this.#send(incident, this.#messageOf(kind, telling));
    if (untold !== undefined) said(this.book, telling, { untold, at: this.#outside.clock.now() });
    // a database that cannot be written: once more
    else incident.run.tellAt = this.#outside.clock.mono() + RETRY;
    this.wake();
  }

  #messageOf(
    kind: Exclude<Message["kind"], "test">,
    { incident, parts, joined = false }: Omit<Telling, "kind">,
  ): Message {
    return messageOf(kind, incident, { parts, joined, ...this.#outside.place, at: this.#outside.clock.now() });
  }

  /** Undefined: it failed here, which is no answer. */
  async #send({ detail }: Incident, message: Message): Promise<string | null | undefined> {
    try {
      return await this.#outside.tell(message, { channels: detail.channels });
    } catch (error) {
      logger("alerts").error({ err: error, incident: message.incident }, `nobody is told yet: ${wordsOfError(error)}`);
      return undefined;
    }
  }

  #muteOf({ service, detail }: Incident): Mute | null {
    const now = this.#outside.clock.now();
    const rules = detail.reasons.map(({ rule }) => rule);
    return this.#mutes.find((mute) => covers(mute, { service, rules }) && isActive(mute, now)) ?? null;
  }

  #sleep(milliseconds: number): void {
    if (this.#isOver) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.round(), milliseconds).unref();
  }

  #failed(error: unknown): void {
    logger("alerts").error({ err: error }, `a round failed: ${wordsOfError(error)}`);
    this.#sleep(RETRY);
  }
}
