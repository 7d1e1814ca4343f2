/** Where the blocks of the time series lie: a SQLite file of their own, since they are written all the time. */
import path from "node:path";
import Database from "better-sqlite3";
import { env } from "#lib/platform/env.ts";
import { pack, packBare, unpack } from "./pack.ts";
import type { Block } from "./rings.ts";

export interface Series {
  key: number;
  /** a service's id, or `host` */
  subject: string;
  /** `cpu`, `memory`, … */
  name: string;
}

export class SeriesFile {
  readonly #database: Database.Database;
  readonly #write: Database.Statement<[number, number, number, Buffer]>;
  readonly #find: Database.Statement<[string, string], { key: number }>;
  readonly #read: Database.Statement<[number, number, number, number], { start: number; data: Buffer }>;

  /** Makes the file where there is none. Throws where it cannot be opened, or holds something else. */
  constructor(file: string) {
    this.#database = new Database(file, { timeout: 1000 });
    // a block fills a page of the usual size by half; a file that is there keeps its own
    this.#database.pragma("page_size = 1024");
    this.#database.pragma("journal_mode = WAL");
    // a power cut may cost the last minute of figures, and never the file
    this.#database.pragma("synchronous = NORMAL");
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS series (key INTEGER PRIMARY KEY, subject TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (subject, name));
      CREATE TABLE IF NOT EXISTS block (
        series INTEGER NOT NULL, ring INTEGER NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (series, ring, start)
      ) WITHOUT ROWID;`);
    this.#write = this.#database.prepare("INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?)");
    this.#find = this.#database.prepare("SELECT key FROM series WHERE subject = ? AND name = ?");
    this.#read = this.#database.prepare(
      "SELECT start, data FROM block WHERE series = ? AND ring = ? AND start BETWEEN ? AND ? ORDER BY start",
    );
  }

  all(): Series[] {
    return this.#database.prepare<[], Series>("SELECT key, subject, name FROM series").all();
  }

  /** Its key; null: there is no such series. */
  find(subject: string, name: string): number | null {
    return this.#find.get(subject, name)?.key ?? null;
  }

  add(subject: string, name: string): number {
    this.#database.prepare("INSERT OR IGNORE INTO series (subject, name) VALUES (?, ?)").run(subject, name);
    return this.find(subject, name)!;
  }

  /** `isOpen`: they are still being filled. */
  write(blocks: readonly { series: number; ring: number; block: Block }[], { isOpen = false } = {}): void {
    const packed = isOpen ? packBare : pack;
    this.#database.transaction(() => {
      for (const { series, ring, block } of blocks) this.#write.run(series, ring, block.start, packed(block.values));
    })();
  }

  /** Blocks that begin within these seconds, oldest first. */
  read(series: number, ring: number, { first, last }: { first: number; last: number }): Block[] {
    return this.#read.all(series, ring, first, last).map(({ start, data }) => ({ start, values: unpack(data) }));
  }

  /** Removes blocks that begin before these times (by ring), and series that have none left. */
  prune(before: readonly number[]): void {
    this.#database.transaction(() => {
      for (const [ring, start] of before.entries())
        this.#database.prepare("DELETE FROM block WHERE ring = ? AND start < ?").run(ring, start);
      this.#database.exec("DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM block WHERE block.series = series.key)");
    })();
  }

  close(): void {
    this.#database.close();
  }
}

/** The file of this server. */
export function openSeries(): SeriesFile {
  return new SeriesFile(path.join(/* turbopackIgnore: true */ env().dataDir, "metrics.db"));
}
