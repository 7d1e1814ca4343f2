/** Where a line stands, by its cursor. */

/** Time of the line and mark of its own service; what follows are the places of the other services, which are none of its own. */
const MERGED = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)~[0-9a-z]+~[0-9a-z]+_([0-9a-z]+)_/;

export interface LinePlace {
  /** RFC 3339; null: only the cursor knows */
  time: string | null;
  /** the same wherever the line is met */
  key: string;
}

/** `services`: how many are read as one; a cursor of several says besides how far each of the others was. */
export function linePlace(cursor: string, services: number): LinePlace {
  const found = services > 1 ? MERGED.exec(cursor) : null;
  return found ? { time: found[1]!, key: `${found[1]} ${found[2]}` } : { time: null, key: cursor };
}
