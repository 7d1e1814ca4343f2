/**
 * A place in a merged stream: the last line of each service that was given out by then, each as a short mark with its time.
 * Marks and not cursors, because every line of up to 50 services carries one.
 */
import { AppError } from "#lib/platform/errors.ts";
import { markOf } from "./history.ts";

export interface Place {
  /** of the line's own cursor */
  mark: string;
  /** milliseconds since the epoch, of that line */
  at: number;
}

export interface MergedPlace {
  /** RFC 3339, of the line that has this cursor */
  time: string;
  /** index of the service that this line is of */
  own: number;
  /** by index of the service, in the order of `services` */
  places: Map<number, Place>;
}

/** in place of a mark: lines of this service stand before or after the place by their time alone */
export const BY_TIME = "0";
const SHAPE = /^(\d{4}-\d\d-\d\dT[\d:.]{8,18}Z)~([0-9a-z]{1,7})((?:~[0-9a-z]{1,2}_[0-9a-z]{1,11}_-?[0-9a-z]{1,11})+)$/;

export function shortMark(cursor: string): string {
  const text = markOf({ cursor });
  let [low, high] = [0x811c9dc5, 0x9dc5811c];
  for (let at = 0; at < text.length; at += 1) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(at), 0x85ebca6b);
  }
  return ((low >>> 0) * 1024 + ((high >>> 0) % 1024)).toString(36);
}

/** What was given out so far of each service, and the cursor that says so. */
export class MergedCursor {
  readonly #list: string;
  readonly #count: number;
  /** by index of the service, so that one place has one text however it was come to */
  readonly #places: ((Place & { text: string }) | undefined)[] = [];
  #last = "";

  constructor(services: readonly string[], places: ReadonlyMap<number, Place> = new Map()) {
    this.#list = listMark(services);
    this.#count = services.length;
    for (const [index, place] of places) this.set(index, place);
  }

  set(index: number, { mark, at }: Place): void {
    this.#places[index] = { mark, at, text: `~${index.toString(36)}_${mark}_` };
  }

  /** Takes in a line that is given out now. The line's own service stands first. */
  advance(index: number, cursor: string, time: string): string {
    const at = Date.parse(time);
    this.set(index, { mark: shortMark(cursor), at });
    this.#last = this.at(index, time);
    return this.#last;
  }

  /** Of the line that was given out last; empty where there was none. */
  get last(): string {
    return this.#last;
  }

  /** Forgets what was given out of a service. */
  unset(index: number): void {
    this.#places[index] = undefined;
  }

  /** The place of a line where nobody knows which lines of the others stand before it. */
  alone(index: number, { cursor, time }: { cursor: string; time: string }): string {
    let text = `${time}~${this.#list}~${index.toString(36)}_${shortMark(cursor)}_0`;
    for (let other = 0; other < this.#count; other += 1)
      if (other !== index) text += `~${other.toString(36)}_${BY_TIME}_0`;
    return text;
  }

  /** The place as it is now, told by a line of this service that is in it. */
  at(index: number, time: string): string {
    const at = Date.parse(time);
    let text = `${time}~${this.#list}${this.#places[index]!.text}0`;
    for (const [other, place] of this.#places.entries())
      if (place && other !== index) text += `${place.text}${(at - place.at).toString(36)}`;
    return text;
  }
}

/** Throws AppError `validation` for what is no cursor of these services merged. */
export function parseMergedCursor(cursor: string, services: readonly string[], path: "before" | "after"): MergedPlace {
  const found = SHAPE.exec(cursor);
  const at = found ? Date.parse(found[1]!) : Number.NaN;
  if (!found || Number.isNaN(at) || found[2] !== listMark(services)) {
    const message = "is no cursor of these services merged";
    throw new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
  }
  const places = new Map<number, Place>();
  let own = -1;
  for (const part of found[3]!.slice(1).split("~")) {
    const [index, mark, ago] = part.split("_") as [string, string, string];
    const service = Number.parseInt(index, 36);
    if (own < 0) own = service;
    places.set(service, { mark, at: at - Number.parseInt(ago, 36) });
  }
  return { time: found[1]!, own, places };
}

function listMark(services: readonly string[]): string {
  return Number.parseInt(shortMark(services.join("\n")), 36)
    .toString(36)
    .slice(-5);
}
