/** The first entry of a tar that passes by: that of its root, whose owner and mode the engine would leave out. */
import { Transform } from "node:stream";

const BLOCK = 512;
/** bytes kept at most: extended headers before the first entry are short */
const MOST = 64 * 1024;
const EXTENDED = new Set(["x", "g"]);

export class HeadOfTar extends Transform {
  #kept = Buffer.alloc(0);
  #header: { at: number } | null = null;
  #over = false;

  /** something that looks like a tar went by */
  get seen(): boolean {
    return this.#header !== null;
  }

  /** A tar that holds the root alone, called `name`; null where the archive does not begin with it. */
  root(name: string): Buffer | null {
    if (!this.#header) return null;
    const { at } = this.#header;
    const header = Buffer.from(this.#kept.subarray(at, at + BLOCK));
    const written = text(header.subarray(0, 100));
    const before = this.#kept.subarray(0, at);
    const isRoot = (written === "./" || written === ".") && String.fromCharCode(header[156] ?? 0) === "5";
    if (!isRoot || before.includes(" path=")) return null;
    header.fill(0, 0, 100).write(`${name}/`, 0, "latin1");
    header.fill(" ", 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    return Buffer.concat([before, header, Buffer.alloc(BLOCK * 2)]);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    if (!this.#over) this.#take(chunk);
    done(null, chunk);
  }

  #take(chunk: Buffer): void {
    this.#kept = Buffer.concat([this.#kept, chunk.subarray(0, MOST)]);
    let at = 0;
    while (at + BLOCK <= this.#kept.length) {
      const header = this.#kept.subarray(at, at + BLOCK);
      if (header[0] === 0) break;
      if (!EXTENDED.has(String.fromCharCode(header[156] ?? 0))) {
        this.#header = { at };
        this.#kept = Buffer.from(this.#kept.subarray(0, at + BLOCK));
        this.#over = true;
        return;
      }
      const size = Number.parseInt(text(header.subarray(124, 136)), 8) || 0;
      at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    }
    // an archive of nothing at all is one too
    if (this.#kept.length >= BLOCK && this.#kept[0] === 0) this.#header = { at: 0 };
    this.#over = this.#header !== null || this.#kept.length >= MOST;
  }
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("latin1", 0, end < 0 ? bytes.length : end).trim();
}
