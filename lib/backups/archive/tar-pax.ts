/** Pax headers: records `length key=value` whose values are bytes. */
import { TarDamage } from "./tar-damage.ts";

/** Keys as latin1 text, so that the bytes of an attribute's name come back; values as they are. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

/** Sparse maps of GNU's first dialect repeat their keys: in the order in which they stand. */
export interface Pax {
  records: Map<string, Buffer>;
  extents: number[];
}

/** Throws TarDamage. A record without a value takes back what a global header says. */
export function parsePax(bytes: Buffer, position: number): Pax {
  const records = new Map<string, Buffer>();
  const extents: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 || space - at > 10 ? Number.NaN : digits(bytes.toString("latin1", at, space));
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    // what stands behind the records is padding of some writers
    if (bytes[at] === 0) break;
    if (!(end <= bytes.length) || bytes[end - 1] !== 0x0a || equals < 0 || equals >= end)
      throw new TarDamage("has a pax header that is none", position);
    const key = bytes.toString("latin1", space + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") extents.push(paxNumber(value, position));
    else records.set(key, value);
    at = end;
  }
  return { records, extents };
}

/** Throws TarDamage where it is no whole number of bytes, an id or the like. */
export function paxNumber(value: Buffer, position: number): number {
  const number = digits(value.toString("latin1", 0, Math.min(value.length, 17)));
  if (value.length > 16 || Number.isNaN(number) || !Number.isSafeInteger(number))
    throw new TarDamage("has a pax header with a number that is none", position);
  return number;
}

/** Seconds and nanoseconds, the latter never negative: -1.5 is two seconds before and half a one after. */
export interface TarTime {
  seconds: number;
  nanos: number;
}

/** Throws TarDamage. */
export function paxTime(value: Buffer, position: number): TarTime {
  const [, minus, whole, part = ""] = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value.toString("latin1", 0, 64)) ?? [];
  if (whole === undefined) throw new TarDamage("has a pax header with a time that is none", position);
  const nanos = Number(part.slice(0, 9).padEnd(9, "0"));
  if (!minus) return { seconds: Number(whole), nanos };
  return nanos === 0 ? { seconds: -Number(whole), nanos } : { seconds: -Number(whole) - 1, nanos: 1e9 - nanos };
}

/** One record with its length, which counts its own digits. */
export function paxRecord(key: string, value: Uint8Array | string): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`, "latin1"), Buffer.from(value), Buffer.from("\n")]);
  let length = rest.length;
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** A time as a pax header says it. */
export function paxTimeText({ seconds, nanos }: TarTime): string {
  if (nanos === 0) return String(seconds);
  const [whole, part] = seconds < 0 ? [`-${-seconds - 1}`, 1e9 - nanos] : [String(seconds), nanos];
  return `${whole}.${String(part).padStart(9, "0").replace(/0+$/, "")}`;
}

/** RFC 3339 with as many digits as there are; beyond what a date can be, the last day that can. */
export function timeText({ seconds, nanos }: TarTime): string {
  const day = new Date(Math.max(-8.64e12, Math.min(8.64e12, seconds)) * 1000).toISOString();
  const part = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return `${day.slice(0, -".000Z".length)}${part}Z`;
}

const digits = (text: string) => (/^\d+$/.test(text) ? Number(text) : Number.NaN);
