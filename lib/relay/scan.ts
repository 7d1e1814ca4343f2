/** One service's lines on their way into the detector: codes found, and the word that somebody has scanned. */
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import { Codes } from "./codes.ts";
import { Detector, type SeenCode } from "./detector.ts";
import { saysLinked } from "./patterns.ts";

/** lines whose times are remembered: more than the tallest drawing has, with those of others in between */
const REMEMBERED = 4096;

/** newest lines by which the place is found again, of which another reader may not have come to all */
const MARKS = 32;
/** milliseconds by which a line may be late without its clock being another, and after which that is looked at anew */
const LATE = 2000;
const RENEWED = 60_000;
/** a code with more lines of others behind it was not printed just now */
const BEHIND = 40;

/** How far a log has been read. */
export interface Place {
  /** cursors of its newest lines */
  newest: readonly string[];
  /** milliseconds by which its clock is behind ours */
  skew: number;
}

export class Scan {
  readonly #service: string;
  readonly #own: Codes;
  #codes: Codes;
  #detector = new Detector();
  /** ring of times, as the log tells them or of when they came: most are never looked at */
  readonly #times: (string | number)[] = [];
  #line = 0;
  /** ring of cursors, and what was in it when the drawing under way began */
  #cursors: string[] = [];
  #before: readonly string[] = [];
  #count = 0;
  readonly #isLocal: boolean;
  #skew: number;
  #skewAt = Number.NEGATIVE_INFINITY;
  /** number of the last line of the newest code */
  #seenLine = Number.NEGATIVE_INFINITY;
  /** where reading goes on; null: nothing is known of it */
  readonly from: Place | null;

  constructor(service: string, codes: Codes, from: Place | null = null) {
    this.#service = service;
    this.#own = codes;
    this.#codes = codes;
    this.from = from;
    this.#skew = from?.skew ?? 0;
    this.#isLocal = service.startsWith("local/");
  }

  /** Where to go on later: before a drawing that is under way, else behind the last line. */
  get place(): Place {
    const read = this.isWaiting ? this.#before : this.#cursors;
    return { newest: read.length > 0 ? [...read] : (this.from?.newest ?? []), skew: this.#skew };
  }

  /** milliseconds by which the log's clock is behind ours */
  get skew(): number {
    return this.#skew;
  }

  /** True while a drawing may be under way: then `peek` is due when nothing comes for a moment. */
  get isWaiting(): boolean {
    return this.#detector.isWaiting;
  }

  /**
   * One line; `arrivedAt`: it came just then (milliseconds since the epoch), whatever its log's clock says. Costs next to nothing
   * for one that draws nothing while no code is shown.
   */
  push({ text, time: printed, cursor, lost, beside }: LogRecord, arrivedAt?: number): void {
    if (lost !== undefined || beside) return;
    const time = arrivedAt ?? printed;
    this.#line += 1;
    this.#times[this.#line % REMEMBERED] = time;
    const wasWaiting = this.isWaiting;
    this.#try(() => this.#detector.push(text, this.#line));
    if (!wasWaiting && this.isWaiting) this.#before = [...this.#cursors];
    this.#cursors[this.#count % MARKS] = cursor;
    this.#count += 1;
    const held = this.#codes.of(this.#service);
    const isAsking = held !== null && held.endedAt === null;
    if ((!isAsking && !this.isWaiting) || !saysLinked(text, held?.kind ?? null, this.#service)) return;
    // the code that it speaks of may stand right before it
    this.#try(() => this.#detector.peek());
    const now = this.#codes.of(this.#service);
    // of any kind until it was seen; each kind has its own words
    if (now && now !== held && !saysLinked(text, now.kind, this.#service)) return;
    this.#codes.link(this.#service, this.#timeOf(time));
  }

  /** A line comes right now: what the log of another host says of that tells how far its clock is off. */
  arrives({ time, lost, beside }: LogRecord, now = Date.now()): void {
    const late = now - Date.parse(time);
    if (this.#isLocal || lost !== undefined || beside || Number.isNaN(late)) return;
    const isOld = now - this.#skewAt > RENEWED;
    // the least late of the last minute: what comes after a gap is late by more
    if (!isOld && late >= this.#skew) return;
    if (isOld) this.#skewAt = now;
    this.#skew = Math.abs(late) < LATE ? 0 : late;
  }

  /** A past in which nobody wrote when its lines were printed follows, until `conclude`: what counts is how it ends. */
  rehearse(): void {
    this.#codes = new Codes();
  }

  conclude(): void {
    const held = this.#codes.of(this.#service);
    this.#codes = this.#own;
    if (!held?.matrix || this.#line - this.#seenLine > BEHIND) return;
    const { payload, kind, matrix } = held;
    this.#own.see(this.#service, { payload, kind, matrix, firstLine: 0, lastLine: 0 }, held.seenAt);
  }

  /** Nothing came for a moment: what is drawn whole is taken in. */
  peek(): void {
    this.#try(() => this.#detector.peek());
  }

  /** Nothing comes any more, or what comes does not go on with what came. */
  settle(): void {
    this.#try(() => this.#detector.settle());
  }

  #try(read: () => SeenCode[]): void {
    try {
      for (const seen of read()) {
        this.#codes.see(this.#service, seen, this.#timeOf(this.#times[seen.lastLine % REMEMBERED] ?? ""));
        this.#seenLine = seen.lastLine;
      }
    } catch (error) {
      // a log is anybody's: what the reader stumbles over is left out, and told without its text
      this.#detector = new Detector();
      logger("relay").warn({ service: this.#service }, `a drawing was left out: ${messageOf(error).slice(0, 100)}`);
    }
  }

  #timeOf(time: string | number): number {
    if (typeof time === "number") return time;
    const at = Date.parse(time) + this.#skew;
    return Number.isNaN(at) ? Date.now() : at;
  }
}
