/** Puts the cards to the events that they explain. */
import type { Happening } from "../events/happening.ts";
import { endedOf, isFailure } from "./end.ts";
import type { Cause } from "./shapes.ts";
import { readCauses } from "./store.ts";

/** a card is made once for ends that are alike within this time, in milliseconds */
export const ALIKE = 60_000;

/** Each event with its card; one that ended as another did shortly before has that one's. */
export async function withCauses<H extends Happening>(
  service: string,
  happened: readonly H[],
): Promise<(H & { cause: Cause | null })[]> {
  const failures = happened.filter(isFailure).map(({ at }) => Date.parse(at));
  if (failures.length === 0) return happened.map((one) => ({ ...one, cause: null }));
  const cards = await readCauses(service, new Date(Math.min(...failures) - ALIKE));
  return happened.map((one) => ({ ...one, cause: isFailure(one) ? cardOf(one, cards) : null }));
}

/** `cards`: newest first. */
export function cardOf(happened: Happening, cards: readonly Cause[]): Cause | null {
  const at = Date.parse(happened.at);
  const own = cards.find((card) => Date.parse(card.at) === at);
  if (own) return own;
  const ended = endedOf(happened);
  const isBefore = (time: number) => time < at && at - time <= ALIKE;
  return cards.find((card) => card.ended === ended && isBefore(Date.parse(card.at))) ?? null;
}
