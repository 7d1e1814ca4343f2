/**
 * Where history and what comes are sewn together after a reader returned. Usually history ends with the line after which
 * the follower goes on. A reader who knows newer lines than the follower has brought so far would see those twice.
 */
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import { shortMark } from "./merged-cursor.ts";

/** milliseconds of log after which a line that should have come is not waited for */
const PATIENCE = 5000;

export class Seam {
  readonly #through: string | null;
  /** the newest line that the reader has; lines up to it are cut */
  #known: { mark: string; time: string } | null;

  /** `joinedAt`: the follower's cursor, null where there was no line yet; `known`: short mark of the reader's own last line */
  constructor(joinedAt: string | null, known: string | null) {
    this.#through = joinedAt === null ? null : shortMark(joinedAt);
    const isAhead = known !== null && joinedAt !== null && known !== this.#through;
    this.#known = isAhead ? { mark: known, time: "" } : null;
  }

  /** History that the reader gets. */
  read(batch: readonly LogRecord[]): void {
    const last = batch.at(-1);
    if (!last || !this.#known) return;
    const mark = shortMark(last.cursor);
    this.#known = mark === this.#through ? null : { mark, time: last.time };
  }

  /** What of these lines the reader does not have. */
  cut(records: LogRecord[]): LogRecord[] {
    if (!this.#known) return records;
    const { mark, time } = this.#known;
    const met = records.findIndex((record) => shortMark(record.cursor) === mark);
    if (met >= 0) {
      this.#known = null;
      return records.slice(met + 1);
    }
    const newest = records.at(-1);
    if (time === "" && newest) this.#known = { mark, time: newest.time };
    else if (newest && Date.parse(newest.time) > Date.parse(time) + PATIENCE) {
      this.#known = null;
      return records.filter((record) => record.time > time);
    }
    return [];
  }
}
