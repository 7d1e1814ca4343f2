/**
 * Rules about lines of logs, on the followers that everybody shares. Patterns run on an engine whose time cannot explode, and
 * in slices: what services print never holds up the server.
 */
import { formatDuration } from "#lib/format/duration.ts";
import { plural } from "#lib/format/plural.ts";
import { cleanText, visibleText } from "#lib/logs/clean-text.ts";
import type { Following } from "#lib/logs/follow.ts";
import { compilePattern, type Pattern } from "#lib/logs/pattern.ts";
import { sleep } from "#lib/platform/clock.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { maskText } from "#lib/services/mask.ts";
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import type { Desk } from "./desk.ts";
import { concerns, type RuleOf } from "./rule-row.ts";
import { Tally } from "./tally.ts";

export interface Lines {
  /** Services whose logs can be read, with how each is called. */
  services(): readonly { id: string; title: string }[];
  follow(service: string, signal: AbortSignal): Promise<Pick<Following, "take" | "close">>;
  /** Something was found. */
  wake(): void;
}

/** followers that rules may hold open */
const MOST = 200;
const RETRY = 30_000;
const DAY = 86_400_000;
/** milliseconds of work between two turns of the event loop, and in a second */
const SLICE = 12;
const BUDGET = 200;
const WINDOW = 1000;
const SHOWN = 200;

export class LineWatch {
  readonly #desk: Desk;
  readonly #lines: Lines;
  readonly #signal: AbortSignal;
  readonly #tally = new Tally(DAY);
  readonly #patterns = new Map<string, Pattern>();
  readonly #open = new Map<string, AbortController>();
  #spent = { since: 0, work: 0 };

  constructor(desk: Desk, lines: Lines, signal: AbortSignal) {
    this.#desk = desk;
    this.#lines = lines;
    this.#signal = signal;
  }

  /** Follows what rules are about now, and nothing else. */
  sync(): void {
    const rules = this.#desk.rules("log");
    const concerned =
      rules.length === 0 ? [] : this.#lines.services().filter(({ id }) => rules.some((rule) => concerns(rule, id)));
    const wanted = new Map(concerned.slice(0, MOST).map((one) => [one.id, one.title]));
    if (concerned.length > MOST)
      logger("alerts").warn(
        { services: concerned.length },
        `rules are about more logs than ${MOST}: the rest is not read`,
      );
    for (const [id, ending] of this.#open)
      if (!wanted.has(id)) {
        ending.abort();
        this.#open.delete(id);
      }
    for (const [id, title] of wanted) if (!this.#open.has(id)) this.#begin(id, title);
    const sources = new Set(rules.map(({ config }) => config.pattern));
    for (const source of this.#patterns.keys()) if (!sources.has(source)) this.#patterns.delete(source);
  }

  /** What has been quiet for long enough is over. */
  tick(): void {
    for (const rule of this.#desk.rules("log"))
      for (const id of this.#desk.book.heldBy(rule.id))
        if (this.#desk.clock.mono() >= this.#quietAt(rule, id)) {
          const ending = `No such line for ${formatDuration(rule.config.within)}`;
          this.#desk.well(rule, id, { ending, stable: 0 });
        }
  }

  due(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const rule of this.#desk.rules("log"))
      for (const id of this.#desk.book.heldBy(rule.id)) due = Math.min(due, this.#quietAt(rule, id));
    return due;
  }

  /** Lines of a service that came together. */
  async take(service: { id: string; title: string }, records: readonly LogRecord[]): Promise<void> {
    const rules = this.#desk.rules("log").filter((rule) => concerns(rule, service.id));
    const found = new Map<RuleOf<"log">, { times: number; last: string }>();
    let began = performance.now();
    for (const { text, beside, lost } of records) {
      if (beside || lost !== undefined) continue;
      const line = visibleText(cleanText(text).text);
      for (const rule of rules)
        if (this.#patternOf(rule).test(line)) found.set(rule, { times: (found.get(rule)?.times ?? 0) + 1, last: line });
      if (performance.now() - began > SLICE) {
        await this.#rest(performance.now() - began);
        began = performance.now();
      }
    }
    for (const [rule, { times, last }] of found) this.#found(rule, service, { times, last });
    if (found.size > 0) this.#lines.wake();
  }

  #found(
    rule: RuleOf<"log">,
    { id, title }: { id: string; title: string },
    { times, last }: { times: number; last: string },
  ) {
    const { count, within } = rule.config;
    const key = keyOf(rule, id);
    const now = this.#desk.clock.mono();
    this.#tally.add(key, { at: now, times });
    const { times: lately } = this.#tally.within(key, within * 1000, now);
    const isHeld = this.#desk.book.isHeld(rule.id, id);
    if (!isHeld && lately < count) return;
    const shown = maskText(last, []).replaceAll("`", "'").slice(0, SHOWN);
    const why = `${plural(lately, "line")} in ${formatDuration(within)} ${lately === 1 ? "matches" : "match"} \`${rule.config.pattern.replaceAll("`", "'")}\`, the last: \`${shown}\`.`;
    const finding = {
      about: id,
      service: id,
      subject: title,
      title: `${title} prints what ${rule.name} looks for`,
      why,
    };
    const incident = this.#desk.wrong(rule, { ...finding, count: lately, counts: true });
    if (isHeld && incident) this.#desk.book.count(incident, times);
  }

  #begin(id: string, title: string): void {
    const ending = new AbortController();
    this.#open.set(id, ending);
    void this.#read({ id, title }, AbortSignal.any([ending.signal, this.#signal]));
  }

  async #read(service: { id: string; title: string }, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const following = await this.#lines.follow(service.id, signal);
        for (let taken = await following.take(); taken !== null; taken = await following.take())
          await this.take(service, taken.records);
      } catch (error) {
        if (!isAbort(error))
          logger("alerts").debug({ service: service.id }, `its log cannot be read for rules: ${messageOf(error)}`);
      }
      await sleep(RETRY, signal);
    }
  }

  /** Gives the others their turn; whoever has spent a second's share waits for the next one. */
  async #rest(worked: number): Promise<void> {
    const now = performance.now();
    if (now - this.#spent.since > WINDOW) this.#spent = { since: now, work: 0 };
    this.#spent.work += worked;
    const left = this.#spent.work > BUDGET ? this.#spent.since + WINDOW - now : 0;
    await sleep(Math.max(0, left), this.#signal);
  }

  #quietAt(rule: RuleOf<"log">, id: string): number {
    const { mono, now } = { mono: this.#desk.clock.mono(), now: this.#desk.clock.now() };
    const { last } = this.#tally.within(keyOf(rule, id), DAY, mono);
    const known = this.#desk.book
      .open()
      .find(({ detail }) => detail.reasons.some((one) => one.rule === rule.id && one.about === id));
    // what an earlier run has seen
    const at = last ?? mono - Math.max(0, now - (known?.lastAt ?? now));
    return at + rule.config.within * 1000;
  }

  #patternOf({ config: { pattern } }: RuleOf<"log">): Pattern {
    const known = this.#patterns.get(pattern) ?? compilePattern(pattern);
    this.#patterns.set(pattern, known);
    return known;
  }
}

function keyOf(rule: RuleOf<"log">, service: string): string {
  return `${rule.id} ${service}`;
}
