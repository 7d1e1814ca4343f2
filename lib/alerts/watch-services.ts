/** Rules about services: their state, their crashes, their health, a code that waits. Pure but for what it is handed. */

import { formatDuration } from "#lib/format/duration.ts";
import { plural } from "#lib/format/plural.ts";
import type { Happening } from "#lib/services/events/happening.ts";
import type { Service, Supervisor } from "#lib/services/service.ts";
import { Crashes } from "./crashes.ts";
import type { Desk } from "./desk.ts";
import { endingOf, judgeService, whyOf } from "./judge-service.ts";
import { concerns, type RuleOf } from "./rule-row.ts";

export interface Board {
  services(): Service[];
  service(id: string): Service | null;
  supervisors(): Supervisor[];
  /** paused or stopped for a moment, by a backup say */
  isHeldStill(id: string): boolean;
}

export interface SeenLook {
  id: string;
  /** of the supervisor's counter; null: the first look of this run */
  restarts: number | null;
  happened: readonly Happening[];
  /** what somebody here asked for, now or a moment ago */
  asked: string | null;
}

const DAY = 86_400_000;
/** made anew it comes back in a moment */
const GONE = { ending: "It is gone", stable: 10_000 };

export class ServiceWatch {
  readonly #desk: Desk;
  readonly #board: Board;
  readonly #crashes = new Crashes(DAY);
  /** supervisors that have said what they have since the last round */
  readonly #listed = new Set<string>();
  /** ended because somebody here wanted it */
  readonly #stopped = new Set<string>();

  constructor(desk: Desk, board: Board) {
    this.#desk = desk;
    this.#board = board;
  }

  /** Every service and supervisor once: at the start, and when rules have changed. */
  all(): void {
    for (const supervisor of this.#board.supervisors()) this.supervisor(supervisor);
    for (const service of this.#board.services()) this.service(service);
  }

  /** Ended by somebody's hand before this run, and no alert then: none now. */
  endedBefore(services: readonly string[]): void {
    const open = new Set(this.#desk.book.open().map(({ service }) => service));
    for (const id of services) if (!open.has(id)) this.#stopped.add(id);
  }

  /** Crashes that a look told of; to be called before the service itself is. */
  looked({ id, restarts, happened, asked }: SeenLook): void {
    if (asked === "stop" || asked === "kill") this.#stopped.add(id);
    else if (asked !== null) this.#stopped.delete(id);
    const times = this.#crashes.take(id, happened, { restarts, at: this.#desk.clock.mono() });
    if (times > 0) this.#desk.book.crashed(id, times);
  }

  service(service: Service): void {
    const { id, state, title } = service;
    if (this.#board.isHeldStill(id)) return;
    if (state === "running") this.#stopped.delete(id);
    const asked = { isStopped: this.#stopped.has(id) };
    for (const kind of ["state", "health", "code"] as const)
      for (const rule of this.#desk.rules(kind)) {
        if (!concerns(rule, id)) continue;
        const verdict = judgeService(rule, service, asked);
        if (!verdict) continue;
        const { wrong } = verdict;
        if (wrong) {
          const count = rule.kind === "state" ? Math.max(1, this.#lately(id)) : 1;
          this.#desk.wrong(rule, { about: id, service: id, subject: title, ...wrong, count }, wrong.since);
        } else
          this.#desk.well(rule, id, {
            ending: verdict.ending,
            ...(verdict.isAtOnce ? { stable: 0 } : {}),
            wellFor: agoOf(service.since, this.#desk.clock.now()),
          });
      }
    if (!service.stale) for (const rule of this.#desk.rules("loop")) this.#loop(rule, service);
  }

  gone(id: string): void {
    this.#crashes.forget(id);
    this.#stopped.delete(id);
    for (const { detail } of this.#desk.book.open())
      for (const { rule, about, kind } of [...detail.reasons])
        if (about === id && kind !== "check") this.#desk.well({ id: rule }, id, GONE);
    for (const kind of ["state", "health", "code", "loop", "metric"] as const)
      for (const rule of this.#desk.rules(kind)) this.#desk.well(rule, id, GONE);
  }

  /** One alert for a supervisor that cannot be reached, in place of one for each of its services. */
  supervisor({ id, available, error, kind, scope }: Supervisor): void {
    const about = `supervisor ${id}`;
    for (const rule of this.#desk.rules("state")) {
      if (!rule.config.states.includes("unknown") || rule.services.length > 0) continue;
      if (available) this.#desk.well(rule, about, { ending: "It answers again" });
      // what was never there is not missed
      else if (error?.code === "unreachable") {
        const why = `${error.detail.replace(/\.$/, "")}. ${error.hint}`;
        const finding = { about, service: null, subject: id, title: `${scope || kind} cannot be reached`, why };
        this.#desk.wrong(rule, finding, error.since);
      }
    }
    // one after another its services come in: who is missing is seen when all have
    if (available) this.#listed.add(id);
  }

  /** Loops end by nothing happening. */
  tick(): void {
    this.#lookForGone();
    for (const rule of this.#desk.rules("loop"))
      for (const id of this.#desk.book.heldBy(rule.id)) {
        const service = this.#board.service(id);
        if (service && !service.stale) this.#loop(rule, service);
      }
  }

  /** When the next loop may be over, by the clock that never goes back. */
  due(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const rule of this.#desk.rules("loop"))
      for (const id of this.#desk.book.heldBy(rule.id))
        due = Math.min(due, this.#lastOf(id) + rule.config.stable * 1000);
    return due;
  }

  #loop(rule: RuleOf<"loop">, service: Service): void {
    const { id, state, title } = service;
    if (!concerns(rule, id)) return;
    const { restarts, within, stable } = rule.config;
    const now = this.#desk.clock.mono();
    const isHeld = this.#desk.book.isHeld(rule.id, id);
    const { times, first } = this.#crashes.within(id, within * 1000, now);
    const isQuiet = now - this.#lastOf(id) >= stable * 1000;
    if (state === "stopped") this.#desk.well(rule, id, { ending: "It was stopped", stable: 0 });
    else if (times >= restarts && !isQuiet) {
      const words = `${plural(times, "crash", "crashes")} in ${formatDuration(Math.max(1000, now - first!) / 1000)}`;
      const why = `${words}. ${whyOf(service)}`;
      const finding = { about: id, service: id, subject: title, title: `${title} crashes again and again`, why };
      this.#desk.wrong(rule, { ...finding, count: times });
    } else if (isHeld && isQuiet) {
      const ending =
        state === "running" ? `It has run for ${formatDuration(stable)} without a crash` : endingOf(service);
      this.#desk.well(rule, id, { ending, stable: 0 });
    }
  }

  /** Its last crash, also one that an earlier run has seen. */
  #lastOf(id: string): number {
    const { last } = this.#crashes.within(id, DAY, this.#desk.clock.mono());
    if (last !== null) return last;
    const known = this.#desk.book.open().find(({ service, detail }) => service === id && detail.reasons.some(isLoop));
    if (!known) return Number.NEGATIVE_INFINITY;
    return this.#desk.clock.mono() - Math.max(0, this.#desk.clock.now() - known.lastAt);
  }

  #lately(id: string): number {
    return this.#crashes.within(id, 15 * 60_000, this.#desk.clock.mono()).times;
  }

  /** What is open of a service that its supervisor does not have any more, without anybody having seen it go. */
  #lookForGone(): void {
    if (this.#listed.size === 0) return;
    for (const { service } of this.#desk.book.open())
      if (
        service !== null &&
        this.#listed.has(service.slice(0, service.lastIndexOf("/"))) &&
        !this.#board.service(service)
      )
        this.gone(service);
    this.#listed.clear();
  }
}

const isLoop = ({ kind }: { kind: string }) => kind === "loop";

function agoOf(time: string | null, now: number): number {
  return time === null ? 0 : Math.max(0, now - Date.parse(time));
}
