/**
 * The manifest beside an archive. `{stem}.json` is one JSON object and readable line by line too: its first line holds the head,
 * then `"entries":[` and an entry a line. Of an encrypted archive names are told to nobody: there it is the head alone, and
 * the entries stand, a line each, in `{stem}.entries.zst.age`.
 */
import fs from "node:fs";
import { open } from "node:fs/promises";
import type { ManifestEntry, ManifestHead } from "./archive.ts";

/** The first line of a manifest, and with it all of an encrypted archive's. */
export function headLine(head: ManifestHead, isAlone: boolean): string {
  const { entries, ...rest } = head;
  const line = JSON.stringify({ ...rest, entryCount: entries });
  return isAlone ? `${line}\n` : `${line.slice(0, -1)},\n"entries":[\n`;
}

/** What follows the last entry. */
export const MANIFEST_END = "]}\n";

/** Throws SyntaxError where it is none. */
export function parseHeadLine(line: string): ManifestHead {
  const { entryCount, ...rest } = JSON.parse(line.endsWith(",") ? `${line.slice(0, -1)}}` : line) as ManifestHead & {
    entryCount: number;
  };
  return { ...rest, entries: entryCount };
}

/** Takes entries as they come to a file, in steps that cost no memory. */
export class EntryLog {
  #file: string;
  #handle: fs.promises.FileHandle | null = null;
  #lines: string[] = [];
  #length = 0;
  count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Null, or what to wait for. */
  add(entry: ManifestEntry): Promise<void> | null {
    const line = `${this.count === 0 ? "" : ",\n"}${JSON.stringify(entry)}`;
    this.count += 1;
    this.#lines.push(line);
    this.#length += line.length;
    return this.#length > FLUSH ? this.flush() : null;
  }

  async flush(): Promise<void> {
    const text = this.#lines.join("");
    this.#lines = [];
    this.#length = 0;
    this.#handle ??= await open(this.#file, "wx", 0o600);
    await this.#handle.appendFile(text);
  }

  /** The lines with what stands between them, from the file. */
  async *read(): AsyncGenerator<Buffer> {
    await this.flush();
    if (this.count === 0) return;
    yield* fs.createReadStream(this.#file, { highWaterMark: FLUSH }) as AsyncIterable<Buffer>;
    yield Buffer.from("\n");
  }

  /** The same, each as a list of its own. */
  async *pieces(): AsyncGenerator<Buffer[]> {
    for await (const piece of this.read()) yield [piece];
  }

  async remove(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
    await fs.promises.rm(this.#file, { force: true });
  }
}

const FLUSH = 256 * 1024;
