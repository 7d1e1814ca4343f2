/** The two clocks that checks go by. Tests hand in their own. */
import { monotonic } from "#lib/platform/clock.ts";

export interface Clock {
  /** milliseconds since the epoch: can jump */
  wall(): number;
  /** milliseconds that never go back and know nothing of the date */
  steady(): number;
}

export const systemClock: Clock = { wall: () => Date.now(), steady: () => monotonic() };

/** milliseconds by which two clocks drift apart without anybody having set one of them */
const LEAST = 5000;

/** Notices that somebody has set the clock of the wall, or that the machine slept. */
export class Jumps {
  readonly #clock: Clock;
  #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.wall() - clock.steady();
  }

  /** By how many milliseconds since the last call; 0: it was not set. */
  take(): number {
    const offset = this.#clock.wall() - this.#clock.steady();
    const by = offset - this.#offset;
    this.#offset = offset;
    return Math.abs(by) >= LEAST ? by : 0;
  }
}
