/** One service's lines on their way into the detector: codes found, and the word that somebody has scanned. */
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import type { Codes } from "./codes.ts";
import { Detector, type SeenCode } from "./detector.ts";
import { saysLinked } from "./patterns.ts";

/** lines whose times are remembered: more than the tallest drawing has, with those of others in between */
const REMEMBERED = 4096;

export class Scan {
  readonly #service: string;
  readonly #codes: Codes;
  #detector = new Detector();
  /** ring of times as the log tells them: most are never looked at */
  readonly #times: string[] = [];
  #line = 0;

  constructor(service: string, codes: Codes) {
    this.#service = service;
    this.#codes = codes;
  }

  /** True while a drawing may be under way: then `peek` is due when nothing comes for a moment. */
  get isWaiting(): boolean {
    return this.#detector.isWaiting;
  }

  /** One line. Costs next to nothing for one that draws nothing while no code is shown. */
  push({ text, time, lost, beside }: LogRecord): void {
    if (lost !== undefined || beside) return;
    this.#line += 1;
    this.#times[this.#line % REMEMBERED] = time;
    this.#try(() => this.#detector.push(text, this.#line));
    const held = this.#codes.of(this.#service);
    const isAsking = held !== null && held.endedAt === null;
    if ((!isAsking && !this.isWaiting) || !saysLinked(text, held?.kind ?? null, this.#service)) return;
    // the code that it speaks of may stand right before it
    this.#try(() => this.#detector.peek());
    const now = this.#codes.of(this.#service);
    // of any kind until it was seen; each kind has its own words
    if (now && now !== held && !saysLinked(text, now.kind, this.#service)) return;
    this.#codes.link(this.#service, timeOf(time));
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
      for (const seen of read()) this.#codes.see(this.#service, seen, this.#timeOfLine(seen.lastLine));
    } catch (error) {
      // a log is anybody's: what the reader stumbles over is left out, and told without its text
      this.#detector = new Detector();
      logger("relay").warn({ service: this.#service }, `a drawing was left out: ${messageOf(error).slice(0, 100)}`);
    }
  }

  #timeOfLine(line: number): number {
    return timeOf(this.#times[line % REMEMBERED] ?? "");
  }
}

function timeOf(time: string): number {
  const at = Date.parse(time);
  return Number.isNaN(at) ? Date.now() : at;
}
