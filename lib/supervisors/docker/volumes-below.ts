/**
 * A tar whose names begin with `./`, told as what stands below the mount of a helper. Unpacked at the helper's root, the
 * engine takes links that lead out of the volume, the owner and mode of the volume's own root, and the mode of hard links;
 * unpacked at the mount it refuses the first and loses the others. Nothing gets longer, so that content passes as it is.
 */
import { Transform } from "node:stream";
import { SupervisorError } from "../supervisor.ts";
import { MOUNT } from "./volumes-unstarted.ts";

const BLOCK = 512;
/** bytes of an extended header: attributes stand in it */
const MOST = 8 * 1024 * 1024;
const FROM = Buffer.from("./");
const TO = Buffer.from(`${MOUNT}/`);
const [DOT, SLASH] = FROM as unknown as [number, number];
/** which have no content, whatever their header says */
const BARE = new Set(["1", "2", "3", "4", "5", "6"]);
const EXTENDED = new Set(["x", "L", "K", "g"]);

interface Extension {
  kind: string;
  data: Buffer;
}

export class BelowMount extends Transform {
  /** something that looks like a tar went by */
  seen = false;
  #rest: Buffer = Buffer.alloc(0);
  /** bytes that pass as they are */
  #pass = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      // a copy, which is changed in place and told on as one piece
      const data = Buffer.concat([this.#rest, chunk]);
      let at = 0;
      for (let next: number | null = 0; next !== null; next = this.#step(data, at)) at = next;
      this.#rest = data.subarray(at);
      if (at > 0) this.push(data.subarray(0, at));
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: (error?: Error | null) => void): void {
    // what is cut off is for the engine to refuse
    if (this.#rest.length > 0) this.push(this.#rest);
    done();
  }

  /** Where the next thing begins; null: more of this one has to come first. */
  #step(data: Buffer, at: number): number | null {
    if (this.#pass > 0) {
      const length = Math.min(this.#pass, data.length - at);
      this.#pass -= length;
      return length > 0 ? at + length : null;
    }
    const held: Extension[] = [];
    for (let here = at; data.length - here >= BLOCK; ) {
      const header = data.subarray(here, here + BLOCK);
      this.seen = true;
      if (header.every((byte) => byte === 0)) {
        this.#pass = Number.POSITIVE_INFINITY;
        return data.length;
      }
      const kind = String.fromCharCode(header[156] ?? 0);
      const size = numberAt(header);
      if (!EXTENDED.has(kind)) {
        const stored = moveEntry(header, { kind, size, held });
        this.#pass = BARE.has(kind) ? 0 : padded(stored);
        return here + BLOCK;
      }
      if (size > MOST) throw notOurs("has an extended header of an unlikely size");
      const end = here + BLOCK + padded(size);
      if (end > data.length) return null;
      held.push({ kind, data: data.subarray(here + BLOCK, here + BLOCK + size) });
      here = end;
    }
    return null;
  }
}

/** Changes an entry's name and that of what it is a hard link to; gives the size of what is stored of it. */
function moveEntry(header: Buffer, { kind, size, held }: { kind: string; size: number; held: Extension[] }): number {
  if (kind === "S") throw notOurs("has a file with holes in a form that only GNU tar writes");
  let stored = size;
  let isNamed = false;
  for (const { kind: of, data } of held) {
    if (of === "L") isNamed = moved(data) || isNamed;
    else if (of === "K" && kind === "1") moved(data);
    else if (of === "x")
      for (const { key, value } of recordsOf(data)) {
        if (key === "size") stored = Number(value.toString("latin1"));
        if (key === "path" || key === "GNU.sparse.name") isNamed = moved(value) || isNamed;
        if (key === "linkpath" && kind === "1") moved(value);
      }
  }
  const name = nameIn(header);
  if (isRoot(name) && !isNamed && kind !== "5") throw notOurs("has something else than a folder for its root");
  if (!moved(name) && !isNamed) throw notOurs("has names that do not begin with ./");
  if (kind === "1") moved(header.subarray(157, 257));
  sign(header);
  return stored;
}

/** In place. False where it does not begin at the root. */
function moved(name: Buffer): boolean {
  if (isRoot(name)) return TO.copy(name, 0, 0, name[1] === SLASH ? 2 : 1) > 0;
  if (name[0] !== DOT || name[1] !== SLASH) return false;
  return TO.copy(name) > 0;
}

function isRoot(name: Buffer): boolean {
  const end = name.indexOf(0);
  const length = end < 0 ? name.length : end;
  return name[0] === DOT && (length === 1 || (length === 2 && name[1] === SLASH));
}

/** Where a name begins: long ones of the standard's own kind are cut in two, with the begin in another field. */
function nameIn(header: Buffer): Buffer {
  const isStandard = header.toString("latin1", 257, 263) === "ustar\0";
  return isStandard && header[345] !== 0 ? header.subarray(345, 500) : header.subarray(0, 100);
}

/** Records of a pax header, their values as parts of it. */
function* recordsOf(data: Buffer): Generator<{ key: string; value: Buffer }> {
  for (let at = 0; at < data.length && data[at] !== 0; ) {
    const blank = data.indexOf(0x20, at);
    const length = Number.parseInt(data.toString("latin1", at, blank), 10);
    const equals = data.indexOf(0x3d, blank);
    if (blank < 0 || equals < 0 || !(length > 0) || at + length > data.length || equals > at + length)
      throw notOurs("has an extended header that is none");
    yield { key: data.toString("latin1", blank + 1, equals), value: data.subarray(equals + 1, at + length - 1) };
    at += length;
  }
}

/** Of a header's size: octal digits, or a number in 256s. */
function numberAt(header: Buffer): number {
  const field = header.subarray(124, 136);
  if ((field[0] ?? 0) >= 0x80) return Number(BigInt(`0x${field.toString("hex")}`) & ((1n << 63n) - 1n));
  return Number.parseInt(field.toString("latin1").replaceAll("\0", " ").trim() || "0", 8);
}

function sign(header: Buffer): void {
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;

function notOurs(what: string): SupervisorError {
  return new SupervisorError("refused", `What was to be written into the volume ${what}`);
}
