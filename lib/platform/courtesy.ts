/** Long work that nobody waits for as much as for what else goes on. */
import { setImmediate } from "node:timers/promises";
import { monotonic, sleep } from "./clock.ts";

/** milliseconds of work between two looks at what others have to do */
const WORK = 4;
/** others that are done within it were not kept waiting */
const NEXT_TO_NOTHING = 1;
const LONGEST_REST = 50;
/** times as long as the piece of work took */
const REST = 2;

/** To be told between two pieces of the work. */
export class Courtesy {
  #from = monotonic();

  /** Gives others their turn, and rests twice as long as the piece took where they have much to do. */
  async pause(signal?: AbortSignal): Promise<void> {
    const worked = monotonic() - this.#from;
    if (worked < WORK) return;
    const asked = monotonic();
    await setImmediate();
    if (monotonic() - asked > NEXT_TO_NOTHING) await sleep(Math.min(REST * worked, LONGEST_REST), signal);
    this.#from = monotonic();
  }
}
