/** Writes the header of an entry: POSIX's ustar, with a pax header before it where that says too little. */
import type { EntryType } from "./archive.ts";
import { encodeHeader, padding } from "./tar-header.ts";
import { type PaxRecords, paxRecord, paxTimeText, type TarTime } from "./tar-pax.ts";
import type { SparseMap } from "./tar-sparse.ts";

export interface NewEntry {
  /** as it will stand there: `./a/b` */
  name: Buffer;
  type: EntryType;
  /** bytes that will follow, without a map of holes */
  stored: number;
  mode: number;
  uid: number;
  gid: number;
  mtime: TarTime;
  link: Buffer | null;
  device: { kind: "character" | "block"; major: number; minor: number } | null;
  /** of these what is not said by another field is kept: attributes and access lists */
  pax: PaxRecords;
  sparse: SparseMap | null;
}

const FLAGS: Record<Exclude<EntryType, "device">, string> = {
  file: "0",
  hardlink: "1",
  link: "2",
  folder: "5",
  fifo: "6",
};
const MOST_SIZE = 0o77777777777;
const MOST_ID = 0o7777777;
/** what other fields say, what is of no use in another place, and what would name users of another machine */
const OWN = /^(path|linkpath|size|uid|gid|uname|gname|[amc]time|comment|hdrcharset|charset|GNU\.sparse\..*)$/;

/** Everything before the content: pieces of it, in whole blocks. */
export function encodeEntry(entry: NewEntry): Buffer[] {
  const map = entry.sparse ? mapOf(entry.sparse) : null;
  const size = entry.stored + (map?.length ?? 0);
  const slashed = entry.type === "folder" && entry.name.at(-1) !== SLASH;
  const name = slashed ? Buffer.concat([entry.name, Buffer.from("/")]) : entry.name;
  const flag = entry.type === "device" ? (entry.device?.kind === "block" ? "4" : "3") : FLAGS[entry.type];
  const { mode, uid, gid, mtime } = entry;
  const records = recordsOf({ ...entry, name }, size);
  const block = encodeHeader({
    name: map ? Buffer.concat([Buffer.from("./GNUSparseFile.0/"), name.subarray(2)]) : name,
    ...(entry.link ? { link: entry.link } : {}),
    ...{ flag, mode, uid, gid, size, mtime: mtime.seconds },
    ...(entry.device ? { major: entry.device.major, minor: entry.device.minor } : {}),
  });
  return [...(records.length > 0 ? paxHeader(Buffer.concat(records)) : []), block, ...(map ? [map] : [])];
}

const SLASH = 0x2f;

function recordsOf(entry: NewEntry, size: number): Buffer[] {
  const { name, link, mtime, sparse } = entry;
  const records: Buffer[] = [];
  const say = (key: string, value: Uint8Array | string) => records.push(paxRecord(key, value));
  if (sparse) {
    say("GNU.sparse.major", "1");
    say("GNU.sparse.minor", "0");
    say("GNU.sparse.name", name);
    say("GNU.sparse.realsize", String(sparse.size));
  } else if (isLong(name)) say("path", name);
  if (link && isLong(link)) say("linkpath", link);
  if (size > MOST_SIZE) say("size", String(size));
  if (entry.uid > MOST_ID) say("uid", String(entry.uid));
  if (entry.gid > MOST_ID) say("gid", String(entry.gid));
  if (mtime.nanos !== 0 || mtime.seconds < 0 || mtime.seconds > MOST_SIZE) say("mtime", paxTimeText(mtime));
  for (const [key, value] of entry.pax) if (!OWN.test(key)) say(key, value);
  return records;
}

const isLong = (name: Buffer) => name.length > 100 || name.some((byte) => byte >= 0x80);

function paxHeader(body: Buffer): Buffer[] {
  const name = Buffer.from("./PaxHeaders/entry");
  const header = { name, flag: "x", mode: 0o644, uid: 0, gid: 0, size: body.length, mtime: 0 };
  return [encodeHeader(header), body, padding(body.length)];
}

/** As version 1.0 has it: lines of numbers, in whole blocks. */
function mapOf({ extents }: SparseMap): Buffer {
  const text = Buffer.from(`${[extents.length / 2, ...extents].join("\n")}\n`);
  return Buffer.concat([text, padding(text.length)]);
}
