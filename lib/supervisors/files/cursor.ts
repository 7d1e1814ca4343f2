/**
 * A cursor: where its line begins, `path.device.inode.offset.mark`, a `~`, and where reading goes on in each file of the app
 * behind it. A position is looked for where its file was, wherever a rotation moved it; the mark of the line before it
 * tells whether the file was emptied and filled again meanwhile.
 */
import { SupervisorError } from "../supervisor.ts";
import type { Position } from "./log-file.ts";

interface Place extends Position {
  /** of the path */
  key: string;
}

export interface Cursor {
  own: Place;
  /** of the files that were written to last */
  places: Place[];
  /** milliseconds since the epoch: of files that have no place, lines up to it are behind the cursor. null: there are none */
  at: number | null;
}

/** files whose places a cursor names: every line carries one */
const MOST = 16;

/**
 * `places`: of every file, behind the line; those that were written to last come first. `time`: of the line. `isPartial`:
 * of some file no place is known but by that time.
 */
export function cursorOf(
  own: Position & { path: string },
  places: readonly (Position & { path: string })[],
  { time, isPartial = false }: { time: string; isPartial?: boolean },
): string {
  if (places.length <= MOST && !isPartial) return `${textOf(own)}~${places.map(textOf).join("-")}`;
  const named = places.slice(0, MOST);
  const behind = places.find(({ path }) => path === own.path);
  if (behind && !named.includes(behind)) named[MOST - 1] = behind;
  return `${textOf(own)}~${named.map(textOf).join("-")}~${Date.parse(time).toString(36)}`;
}

/** Throws `refused` for what is no cursor of this adapter. */
export function parseCursor(text: string): Cursor {
  const [own = "", places = "", at] = text.split("~");
  if (at !== undefined && !/^[0-9a-z]{1,10}$/.test(at)) throw refused();
  return {
    own: placeOf(own),
    places: places.split("-").map(placeOf),
    at: at === undefined ? null : Number.parseInt(at, 36),
  };
}

/** A file by its path in few letters. */
export function pathKey(path: string): string {
  const known = keys.get(path);
  if (known !== undefined) return known;
  let hash = 5381;
  for (let at = 0; at < path.length; at += 1) hash = (hash * 33 + path.charCodeAt(at)) >>> 0;
  if (keys.size > 10_000) keys.clear();
  keys.set(path, hash.toString(36));
  return hash.toString(36);
}

const keys = new Map<string, string>();

function textOf({ path, file, offset, mark }: Position & { path: string }): string {
  const place = `${pathKey(path)}.${file}.${offset.toString(36)}`;
  return mark === undefined ? place : `${place}.${mark}`;
}

function placeOf(text: string): Place {
  const [, key, file, offset, mark] =
    /^([0-9a-z]+)\.([0-9a-z]+\.[0-9a-z]+)\.([0-9a-z]{1,11})(?:\.([0-9a-z]{1,7}))?$/.exec(text) ?? [];
  if (!key || !file || !offset) throw refused();
  const place: Place = { key, file, offset: Number.parseInt(offset, 36) };
  if (mark) place.mark = mark;
  return place;
}

function refused(): SupervisorError {
  return new SupervisorError("refused", "This cursor is not one of a log file.");
}
