/**
 * Containers whose driver is journald: their lines are read where they are, not through the engine, which reads them there
 * as well. The name finds the ones that had it before, too.
 */
import { parseCursor } from "../journal/cursor.ts";
import { holdsAny, type JournalPlace } from "../journal/journalctl.ts";
import type { Engine } from "./connect.ts";
import { type LogPlaces, logPlace } from "./log-files.ts";

interface Asked {
  id: string;
  name: string;
  /** cursors of the query: what was begun in one way goes on in it */
  cursors: readonly (string | null)[];
}

/** null: not in the journal, or not in one that this process reads (a container's own, say). */
export async function journalOf(
  engine: Engine,
  places: LogPlaces,
  { id, name, cursors }: Asked,
  signal: AbortSignal,
): Promise<JournalPlace | null> {
  if (!(await logPlace(engine, places, id, signal)).isJournal) return null;
  const place = { journal: [], matches: [`CONTAINER_NAME=${name}`, "+", `CONTAINER_ID_FULL=${id}`], manager: "1" };
  const given = cursors.filter((cursor) => cursor !== null);
  if (given.length > 0) return given.every((cursor) => parseCursor(cursor)) ? place : null;
  return (await holdsAny(place, signal)) ? place : null;
}
