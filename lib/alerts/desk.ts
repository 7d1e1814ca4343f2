/** Between those who watch and the book: what is wrong has to last as long as its rule says before it counts. Pure but for its clock. */
import type { Book, Clock, Release } from "./book.ts";
import { type Found, type Incident, reasonKey } from "./incident.ts";
import { concerns, type RuleRow, rulesOf } from "./rule-row.ts";
import type { RuleKind } from "./shapes.ts";

export type Finding = Omit<Found, "rule">;

interface Waiting {
  rule: RuleRow;
  finding: Finding;
  since: number;
}

export class Desk {
  readonly book: Book;
  readonly clock: Clock;
  #rules: readonly RuleRow[] = [];
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock, book: Book) {
    this.clock = clock;
    this.book = book;
  }

  rules<K extends RuleKind>(kind: K): Extract<RuleRow, { kind: K }>[] {
    return rulesOf(this.#rules, kind);
  }

  /** What a rule held that is gone, off or about other things now is over. */
  setRules(rules: readonly RuleRow[]): void {
    this.#rules = rules;
    const known = new Map(rules.map((rule) => [rule.id, rule]));
    for (const [key, { rule, finding }] of this.#waiting) {
      const now = known.get(rule.id);
      if (!now?.enabled || !concerns(now, finding.service)) this.#waiting.delete(key);
      else this.#waiting.set(key, { ...this.#waiting.get(key)!, rule: now });
    }
    for (const { service, detail } of this.book.open())
      for (const { rule: id, about } of [...detail.reasons]) {
        const ending = whyOver(known.get(id), service);
        if (ending !== null) this.book.release(id, about, { ending, stable: 0 });
      }
  }

  /** `since`: RFC 3339, since when it is so, where that is known. */
  wrong(rule: RuleRow, finding: Finding, since: string | null = null): Incident | null {
    const key = reasonKey({ rule: rule.id, about: finding.about });
    const now = this.clock.mono();
    const ago = since === null ? 0 : Math.max(0, this.clock.now() - Date.parse(since));
    const began = this.#waiting.get(key)?.since ?? now - ago;
    if (this.book.isHeld(rule.id, finding.about) || now - began >= rule.lasts * 1000) {
      this.#waiting.delete(key);
      return this.book.hold({ ...finding, rule });
    }
    this.#waiting.set(key, { rule, finding, since: began });
    return null;
  }

  well(rule: Pick<RuleRow, "id">, about: string, release: Release): void {
    this.#waiting.delete(reasonKey({ rule: rule.id, about }));
    this.book.release(rule.id, about, release);
  }

  /** All that is wrong by a rule, where everything was looked at: what is not among it is well. */
  whole(
    rule: RuleRow,
    wrong: readonly Finding[],
    { release, isJudged = () => true }: { release: (about: string) => Release; isJudged?: (about: string) => boolean },
  ): void {
    const there = new Set(wrong.map(({ about }) => about));
    for (const finding of wrong) this.wrong(rule, finding);
    for (const about of [...this.book.heldBy(rule.id), ...this.#waitingOf(rule.id)])
      if (!there.has(about) && isJudged(about)) this.well(rule, about, release(about));
  }

  /** What has lasted long enough counts. */
  tick(): void {
    const now = this.clock.mono();
    for (const { rule, finding, since } of [...this.#waiting.values()])
      if (now - since >= rule.lasts * 1000) this.wrong(rule, finding);
    this.book.tick();
  }

  /** When `tick` has something to do, by the clock that never goes back. */
  due(): number {
    let due = this.book.due();
    for (const { rule, since } of this.#waiting.values()) due = Math.min(due, since + rule.lasts * 1000);
    return due;
  }

  #waitingOf(rule: string): string[] {
    return [...this.#waiting.values()].flatMap((one) => (one.rule.id === rule ? [one.finding.about] : []));
  }
}

function whyOver(rule: RuleRow | undefined, service: string | null): string | null {
  if (!rule) return "Its rule was removed";
  if (!rule.enabled) return "Its rule was turned off";
  return concerns(rule, service) ? null : "Its rule is about other services now";
}
