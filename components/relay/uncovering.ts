/** What somebody has uncovered: the codes of one time that a service asks, and not those of its next. */
import type { Code } from "#lib/relay/shapes.ts";

/** A wish to see a service's code that may not be there yet. */
export interface Wish {
  service: string;
  /** milliseconds since the epoch */
  until: number;
}

/** long enough for a code that the board knows of to be read; what comes later is covered */
const MOMENT = 20_000;

export function wishFor(service: string, now: number): Wish {
  return { service, until: now + MOMENT };
}

/** Names the time that a service asks: the same for each code that follows the first. */
export function timeOf({ service, firstSeenAt }: Pick<Code, "service" | "firstSeenAt">): string {
  return `${service} ${firstSeenAt}`;
}

/** Is this the code that was wished for? */
export function fulfils(code: Pick<Code, "service">, wish: Wish, now: number): boolean {
  return code.service === wish.service && now < wish.until;
}
