/** Rules about checks that fail and heartbeats that are late. Pure but for what it is handed. */
import type { Check } from "#lib/checks/shapes.ts";
import type { Desk } from "./desk.ts";
import { concerns } from "./rule-row.ts";

/** A check as it is now. */
export function watchCheck(desk: Desk, { id, name, service, state, message, since, enabled }: Check): void {
  for (const rule of desk.rules("check")) {
    const isWrong = (state === "down" || state === "late") && concerns(rule, service);
    if (!enabled) desk.well(rule, id, { ending: "The check was turned off", stable: 0 });
    else if (isWrong) {
      const why = message ?? (state === "late" ? "Its call has not come in time." : "It fails.");
      const title = state === "late" ? `${name} is late` : `${name} is down`;
      desk.wrong(rule, { about: id, service, subject: name, title, why }, since);
    }
    // one that waits or has just begun says nothing yet
    else if (state === "up") desk.well(rule, id, { ending: "It is up again", stable: STABLE });
  }
}

/** milliseconds: a check has borne failures itself before it said so */
const STABLE = 10_000;

/** All that there are: those that are gone fail no more. */
export function watchChecks(desk: Desk, checks: readonly Check[]): void {
  const known = new Set(checks.map(({ id }) => id));
  for (const rule of desk.rules("check"))
    for (const about of desk.book.heldBy(rule.id))
      if (!known.has(about)) desk.well(rule, about, { ending: "The check was removed", stable: 0 });
  for (const check of checks) watchCheck(desk, check);
}
