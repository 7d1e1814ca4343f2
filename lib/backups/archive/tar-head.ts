/** What stands before an entry's content: its header, and pax headers and long names that belong to it. */
import type { ByteReader } from "./tar-bytes.ts";
import { TarDamage } from "./tar-damage.ts";
import { BLOCK, padding, parseHeader, type RawHeader } from "./tar-header.ts";
import { type Pax, type PaxRecords, parsePax } from "./tar-pax.ts";

/** Of pax headers: attributes and maps of holes stand in them. */
const MOST_PAX = 4 * 1024 * 1024;
const MOST_NAME = 64 * 1024;
/** of everything before one entry */
const MOST_HEAD = 4 * MOST_PAX;
export const XATTR = "SCHILY.xattr.";

/** A header with everything that stands before it and belongs to it. */
export interface Head {
  position: number;
  header: RawHeader;
  block: Buffer;
  blocks: Buffer[];
  pax: { records: PaxRecords; extents: readonly number[] };
  longName: Buffer | null;
  longLink: Buffer | null;
  hasGlobals: boolean;
}

interface Begun {
  blocks: Buffer[];
  pax: Pax | null;
  longName: Buffer | null;
  longLink: Buffer | null;
}

/** Reads heads from bytes that are at hand, and says how many it needs where they are not. */
export class HeadReader {
  /** how many bytes must be at hand before `now` can go on */
  needs = BLOCK;
  #reader: ByteReader;
  #globals = new Map<string, Buffer>();
  #begun: Begun | null = null;
  #hasGlobals = false;
  #from = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** Null: what is at hand begins with the block that ends a tar. Undefined: `needs` bytes must be at hand. Throws TarDamage. */
  now(): Head | null | undefined {
    const reader = this.#reader;
    if (!this.#begun) {
      this.#begun = { blocks: [], pax: null, longName: null, longLink: null };
      this.#from = reader.position;
      this.#hasGlobals = this.#globals.size > 0;
    }
    for (;;) {
      const { position } = reader;
      this.needs = BLOCK;
      if (reader.atHand < BLOCK) return undefined;
      const block = reader.peek(BLOCK);
      const header = parseHeader(block, position);
      if (!header) return this.#end(position);
      const most = mostBehind(header.flag);
      if (most === null) return this.#whole({ position, header, block });
      if (header.size < 0 || header.size > most || position - this.#from > MOST_HEAD)
        throw new TarDamage("has a header beyond all bounds", position);
      this.needs = BLOCK + header.size + padding(header.size).length;
      if (reader.atHand < this.needs) return undefined;
      const both = reader.take(this.needs);
      this.#begun.blocks.push(both);
      this.#lay(header.flag, { body: both.subarray(BLOCK, BLOCK + header.size), position });
    }
  }

  #lay(flag: string, { body, position }: { body: Buffer; position: number }): void {
    const begun = this.#begun!;
    if (flag === "x" || flag === "X") begun.pax = parsePax(body, position);
    else if (flag === "g") {
      lay(this.#globals, parsePax(body, position).records);
      this.#hasGlobals = true;
    } else if (flag === "L") begun.longName = untilZero(body);
    else if (flag === "K") begun.longLink = untilZero(body);
  }

  #whole({ position, header, block }: Pick<Head, "position" | "header" | "block">): Head {
    const { blocks, pax, longName, longLink } = this.#begun!;
    this.#reader.pass(BLOCK);
    blocks.push(block);
    this.#begun = null;
    return { position, header, block, blocks, pax: this.#paxOf(pax), longName, longLink, hasGlobals: this.#hasGlobals };
  }

  #paxOf(pax: Pax | null): Head["pax"] {
    if (!pax && this.#globals.size === 0) return NO_PAX;
    const records = new Map(this.#globals);
    if (pax) lay(records, pax.records);
    return { records, extents: pax?.extents ?? [] };
  }

  #end(position: number): null {
    const { pax, longName, longLink } = this.#begun!;
    if (pax || longName || longLink) throw new TarDamage("ends where an entry should follow", position);
    return null;
  }
}

const NO_PAX = { records: new Map<string, Buffer>(), extents: [] };

/** How long what follows such a header may be; null: it is an entry's own. */
function mostBehind(flag: string): number | null {
  if (flag === "x" || flag === "X" || flag === "g") return MOST_PAX;
  if (flag === "L" || flag === "K") return MOST_NAME;
  return flag === "V" ? 0 : null;
}

/** A record without a value takes back what a global header says. */
function lay(below: Map<string, Buffer>, above: ReadonlyMap<string, Buffer>): void {
  for (const [key, value] of above) {
    if (value.length === 0 && !key.startsWith(XATTR)) below.delete(key);
    else below.set(key, value);
  }
}

function untilZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
