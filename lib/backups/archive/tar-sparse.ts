/** Where the bytes of a file with holes belong, in each of GNU's four dialects. */
import type { ByteReader } from "./tar-bytes.ts";
import { TarDamage } from "./tar-damage.ts";
import type { Head } from "./tar-head.ts";
import { BLOCK, numberAt } from "./tar-header.ts";
import { paxNumber } from "./tar-pax.ts";

/** `offset, length, offset, length…`, ascending; between them and up to `size` are holes. */
export interface SparseMap {
  size: number;
  extents: readonly number[];
}

/** Of one file; more is hostile, or a file that nobody has. */
const MOST_EXTENTS = 1_000_000;

/** What a pax header says of holes; null: nothing. Throws TarDamage. */
export async function paxSparse(pax: Head["pax"], reader: ByteReader, head: Buffer[]): Promise<SparseMap | null> {
  const { position } = reader;
  const number = (key: string) => {
    const value = pax.records.get(key);
    return value ? paxNumber(value, position) : null;
  };
  const size = number("GNU.sparse.realsize") ?? number("GNU.sparse.size");
  if (number("GNU.sparse.major") === 1) {
    if (size === null || number("GNU.sparse.minor") !== 0)
      throw new TarDamage("has a file with holes in a way that is not known", position);
    return { size, extents: await mapBefore(reader, head) };
  }
  if (size === null) return null;
  const map = pax.records.get("GNU.sparse.map");
  if (!map) return { size, extents: pax.extents };
  const extents: number[] = [];
  for (let at = 0; at < map.length; ) {
    const comma = map.indexOf(0x2c, at);
    const end = comma < 0 ? map.length : comma;
    extents.push(paxNumber(map.subarray(at, end), position));
    at = end + 1;
  }
  return { size, extents };
}

/** The map of GNU's old `S` entries: four pieces in the header, more in blocks behind it. Throws TarDamage. */
export async function oldSparse(header: Buffer, reader: ByteReader): Promise<SparseMap> {
  const { position } = reader;
  const extents: number[] = [];
  const read = (block: Buffer, { at, pieces }: { at: number; pieces: number }) => {
    for (let n = 0; n < pieces && block[at + n * 24] !== 0; n += 1)
      extents.push(numberAt(block, at + n * 24, 12, position), numberAt(block, at + n * 24 + 12, 12, position));
    if (extents.length > 2 * MOST_EXTENTS) throw tooMany(position);
  };
  read(header, { at: 386, pieces: 4 });
  for (let more = header[482] !== 0; more; ) {
    const block = await reader.exactly(BLOCK);
    if (!block) throw new TarDamage("is cut off", position);
    read(block, { at: 0, pieces: 21 });
    more = block[504] !== 0;
  }
  return { size: numberAt(header, 483, 12, position), extents };
}

/** Throws TarDamage where pieces overlap, leave the file, or are more or less than what is stored. */
export function checkSparse({ size, extents }: SparseMap, { stored, position }: { stored: number; position: number }) {
  let [end, sum] = [0, 0];
  for (let n = 0; n < extents.length; n += 2) {
    const [offset, length] = [extents[n]!, extents[n + 1] ?? -1];
    if (offset < end || length < 0 || offset + length > size)
      throw new TarDamage("has a file whose pieces overlap or leave it", position);
    end = offset + length;
    sum += length;
  }
  if (sum !== stored) throw new TarDamage("has a file whose pieces are not what is stored", position);
}

/** The map of version 1.0 stands before the content, as lines of numbers in whole blocks. */
async function mapBefore(reader: ByteReader, head: Buffer[]): Promise<number[]> {
  const numbers: number[] = [];
  let rest = "";
  for (let wanted = 1; numbers.length < wanted; ) {
    const block = await reader.exactly(BLOCK);
    if (!block) throw new TarDamage("is cut off", reader.position);
    head.push(block);
    const lines = (rest + block.toString("latin1", 0, BLOCK)).split("\n");
    rest = lines.pop()!;
    if (rest.length > BLOCK) throw new TarDamage("has a file with holes whose map is none", reader.position);
    for (const line of lines) {
      if (numbers.length === wanted) break;
      numbers.push(paxNumber(Buffer.from(line), reader.position));
      if (numbers.length === 1) wanted = 1 + 2 * numbers[0]!;
      if (wanted > 2 * MOST_EXTENTS) throw tooMany(reader.position);
    }
  }
  return numbers.slice(1);
}

const tooMany = (position: number) =>
  new TarDamage(`has a file with more than ${MOST_EXTENTS} pieces between holes`, position);
