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
/** behind the mark of the services: times are told from the hour of the line's own time on, else back from that time */
const BY_HOUR = "h";
const HOUR = 3_600_000;
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
  /** by index of the service, so that one place has one text however it was come to */
  readonly #places: (Place | undefined)[];
  /** of each place, as it stands in a cursor of that hour: a line changes one of them, and every line has them all */
  readonly #texts: string[];
  #hour = Number.NaN;
  #last = "";

  constructor(services: readonly string[], places: ReadonlyMap<number, Place> = new Map()) {
    this.#list = listMark(services) + BY_HOUR;
    this.#places = services.map(() => undefined);
    this.#texts = services.map(() => "");
    for (const [index, place] of places) this.set(index, place);
  }

  set(index: number, place: Place): void {
    this.#places[index] = place;
    this.#texts[index] = textOf(index, place, this.#hour);
  }

  /** Takes in a line that is given out now. The line's own service stands first. */
  advance(index: number, cursor: string, time: string): string {
    this.set(index, { mark: shortMark(cursor), at: Date.parse(time) });
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
    this.#texts[index] = "";
  }

  /** The place of a line where nobody knows which lines of the others stand before it. */
  alone(index: number, { cursor, time }: { cursor: string; time: string }): string {
    const at = Date.parse(time);
    const own = textOf(index, { mark: shortMark(cursor), at }, hourOf(at));
    const others = this.#places.map((_, other) =>
      other === index ? "" : textOf(other, { mark: BY_TIME, at }, hourOf(at)),
    );
    return `${time}~${this.#list}${own}${others.join("")}`;
  }

  /** The place of what became of a service at a time, behind this line of it. */
  behind(index: number, { cursor, time: lineTime }: { cursor: string; time: string }, time: string): string {
    const at = Date.parse(time);
    const places = this.#places.map((_, other): [number, Place] => [other, { mark: BY_TIME, at }]);
    places[index] = [index, { mark: shortMark(cursor), at: Date.parse(lineTime) }];
    for (const [other, place] of places) this.set(other, place);
    return this.at(index, time);
  }

  /** The place as it is now, told by a line of this service that is in it. */
  at(index: number, time: string): string {
    const hour = hourOf(Date.parse(time));
    const texts = this.#texts;
    if (hour !== this.#hour) {
      this.#hour = hour;
      for (const [other, place] of this.#places.entries()) if (place) texts[other] = textOf(other, place, hour);
    }
    const own = texts[index]!;
    texts[index] = "";
    const others = texts.join("");
    texts[index] = own;
    return `${time}~${this.#list}${own}${others}`;
  }
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

function textOf(index: number, { mark, at }: Place, hour: number): string {
  return `~${index.toString(36)}_${mark}_${(at - hour).toString(36)}`;
}

/** Throws AppError `validation` for what is no cursor of these services merged. */
export function parseMergedCursor(cursor: string, services: readonly string[], path: "before" | "after"): MergedPlace {
  const found = SHAPE.exec(cursor);
  const at = found ? Date.parse(found[1]!) : Number.NaN;
  const list = listMark(services);
  const isByHour = found?.[2] === list + BY_HOUR;
  if (!found || Number.isNaN(at) || !(isByHour || found[2] === list)) {
    const message = "is no cursor of these services merged";
    throw new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
  }
  const places = new Map<number, Place>();
  let own = -1;
  for (const part of found[3]!.slice(1).split("~")) {
    const [index, mark, away] = part.split("_") as [string, string, string];
    const service = Number.parseInt(index, 36);
    const distance = Number.parseInt(away, 36);
    if (own < 0) own = service;
    places.set(service, { mark, at: isByHour ? hourOf(at) + distance : at - distance });
  }
  return { time: found[1]!, own, places };
}

function listMark(services: readonly string[]): string {
  return Number.parseInt(shortMark(services.join("\n")), 36)
    .toString(36)
    .slice(-5)
    .padStart(5, "0");
}
