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
  places: Place[];
}

/** `places`: of every file, behind the line. */
export function cursorOf(own: Position & { path: string }, places: readonly (Position & { path: string })[]): string {
  return `${textOf(own)}~${places.map(textOf).join("-")}`;
}

/** Throws `refused` for what is no cursor of this adapter. */
export function parseCursor(text: string): Cursor {
  const [own = "", places = ""] = text.split("~");
  return { own: placeOf(own), places: places.split("-").map(placeOf) };
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
  if (!key || !file || !offset) throw new SupervisorError("refused", "This cursor is not one of a PM2 log.");
  const place: Place = { key, file, offset: Number.parseInt(offset, 36) };
  if (mark) place.mark = mark;
  return place;
}
