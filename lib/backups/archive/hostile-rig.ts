/** Tars made header by header, honest ones and such as no honest program makes. */
import { encodeHeader, padding, TRAILER } from "./tar-header.ts";
import { paxRecord } from "./tar-pax.ts";

export interface Made {
  name: string | Uint8Array;
  /** as in a tar's header; a file unless told, a link where `link` is told */
  flag?: string;
  data?: string | Uint8Array;
  link?: string | Uint8Array;
  mode?: number;
  /** what the header says, whatever is there */
  size?: number;
  /** twelve bytes that stand where the size does */
  sizeField?: Uint8Array;
  pax?: Record<string, string | Uint8Array>;
}

/** A whole tar. */
export function tarOf(entries: readonly Made[], end: Uint8Array = TRAILER): Buffer {
  return Buffer.concat([...entries.map(entryOf), end]);
}

function entryOf(made: Made): Buffer {
  const data = Buffer.from(made.data ?? "");
  const header = encodeHeader({
    name: Buffer.from(made.name),
    ...(made.link === undefined ? {} : { link: Buffer.from(made.link) }),
    flag: made.flag ?? (made.link === undefined ? "0" : "2"),
    mode: made.mode ?? 0o644,
    uid: 0,
    gid: 0,
    size: made.size ?? data.length,
    mtime: 1_700_000_000,
  });
  if (made.sizeField) resum(header, made.sizeField);
  const records = Object.entries(made.pax ?? {}).map(([key, value]) => paxRecord(key, value));
  const pax = records.length === 0 ? [] : [entryOf({ name: "PaxHeaders/x", flag: "x", data: Buffer.concat(records) })];
  return Buffer.concat([...pax, header, data, padding(data.length)]);
}

/** A number as base 256 writes it. */
export function base256(value: bigint): Buffer {
  const field = Buffer.alloc(12);
  let left = BigInt.asUintN(96, value);
  for (let at = 11; at >= 0; at--) {
    field[at] = Number(left & 0xffn);
    left >>= 8n;
  }
  field[0] = (field[0] ?? 0) | 0x80;
  return field;
}

function resum(header: Buffer, size: Uint8Array): void {
  header.set(size, 124);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

/** Bytes in chunks of a size that cuts headers. */
export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const folder = (name: string): Made => ({ name, flag: "5", mode: 0o755 });
const tooDeep = Array.from({ length: 300 }, () => "d").join("/");
const sparse = (size: string): Made => ({
  name: "GNUSparseFile.0/s",
  data: Buffer.concat([Buffer.from("1\n0\n5\n"), Buffer.alloc(506), Buffer.from("hello")]),
  pax: { "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "s", "GNU.sparse.realsize": size },
});

/** What each must be refused with. `own`: in an archive of our own too, where links and devices are what the source held. */
export const HOSTILE: { what: string; tar: () => Buffer; says: RegExp; own: boolean }[] = [
  { what: "an absolute name", tar: () => tarOf([{ name: "/etc/passwd" }]), says: /begins with a slash/, own: true },
  {
    what: "an absolute name behind dots",
    tar: () => tarOf([{ name: ".//etc/passwd", pax: { path: "//etc/passwd" } }]),
    says: /begins with a slash/,
    own: true,
  },
  { what: "a name that leads upwards", tar: () => tarOf([{ name: "../x" }]), says: /leads upwards/, own: true },
  { what: "the same in the middle", tar: () => tarOf([{ name: "a/../../x" }]), says: /leads upwards/, own: true },
  { what: "the same at the end", tar: () => tarOf([folder("a/..")]), says: /leads upwards/, own: true },
  {
    what: "the same in a pax header alone",
    tar: () => tarOf([{ name: "harmless", pax: { path: "../x" } }]),
    says: /leads upwards/,
    own: true,
  },
  {
    what: "the same in GNU's long name",
    tar: () => tarOf([{ name: "././@LongLink", flag: "L", data: "../../x\0" }, { name: "harmless" }]),
    says: /leads upwards/,
    own: true,
  },
  { what: "a dot in the middle", tar: () => tarOf([{ name: "a/./x" }]), says: /plain form/, own: true },
  { what: "two slashes", tar: () => tarOf([{ name: "a//x" }]), says: /plain form/, own: true },
  {
    what: "a name with a NUL",
    tar: () => tarOf([{ name: "x", pax: { path: "a\0b" } }]),
    says: /a name that is none/,
    own: true,
  },
  { what: "no name", tar: () => tarOf([{ name: "" }]), says: /a name that is none/, own: true },
  {
    what: "a name that no folder takes",
    tar: () => tarOf([{ name: "x", pax: { path: "n".repeat(256) } }]),
    says: /longer than a name can be/,
    own: true,
  },
  {
    what: "a path that no call takes",
    tar: () => tarOf([{ name: "x", pax: { path: "n/".repeat(2100) } }]),
    says: /longer than a path can be/,
    own: true,
  },
  {
    what: "deep nesting",
    tar: () => tarOf([{ name: "x", pax: { path: tooDeep } }]),
    says: /deeper than anything/,
    own: false,
  },
  { what: "an absolute link", tar: () => tarOf([{ name: "l", link: "/etc" }]), says: /leads out/, own: false },
  { what: "a link that leaves", tar: () => tarOf([{ name: "a/l", link: "../../x" }]), says: /leads out/, own: false },
  {
    what: "a link that leaves by a detour",
    tar: () => tarOf([folder("a"), { name: "a/s", link: "." }, { name: "a/l", link: "s/s/../../.." }]),
    says: /turns back/,
    own: false,
  },
  {
    what: "a file through a link",
    tar: () => tarOf([{ name: "l", link: "a" }, { name: "l/x" }]),
    says: /lies below l, which is a link/,
    own: true,
  },
  {
    what: "a file through a chain of links",
    tar: () => tarOf([folder("a"), { name: "a/b", link: ".." }, { name: "c", link: "a/b" }, { name: "c/d/x" }]),
    says: /lies below c, which is a link/,
    own: true,
  },
  {
    what: "a folder that becomes a link",
    tar: () => tarOf([folder("a"), { name: "a/x" }, { name: "a", link: "b" }]),
    says: /comes twice, as a folder and as a link/,
    own: true,
  },
  {
    what: "a folder that was only implied and becomes a link",
    tar: () => tarOf([{ name: "a/x" }, { name: "a", link: "b" }]),
    says: /comes twice/,
    own: true,
  },
  {
    what: "a link that becomes a folder",
    tar: () => tarOf([{ name: "a", link: "b" }, folder("a")]),
    says: /comes twice, as a link and as a folder/,
    own: true,
  },
  {
    what: "a file that becomes a folder",
    tar: () => tarOf([{ name: "a" }, { name: "a/x" }]),
    says: /lies below a, which is a file/,
    own: true,
  },
  {
    what: "a folder that becomes a file",
    tar: () => tarOf([folder("a"), { name: "a" }]),
    says: /comes twice, as a folder and as a file/,
    own: true,
  },
  { what: "a file twice", tar: () => tarOf([{ name: "a" }, { name: "./a" }]), says: /a comes twice/, own: true },
  { what: "the root as a link", tar: () => tarOf([{ name: ".", link: "/" }]), says: /takes the place/, own: true },
  {
    what: "a hard link that leaves",
    tar: () => tarOf([{ name: "h", flag: "1", link: "/etc/shadow" }]),
    says: /a second name of/,
    own: true,
  },
  {
    what: "a hard link upwards",
    tar: () => tarOf([{ name: "h", flag: "1", link: "../x" }]),
    says: /a second name of/,
    own: true,
  },
  {
    what: "a hard link to what comes later",
    tar: () => tarOf([{ name: "h", flag: "1", link: "x" }, { name: "x" }]),
    says: /no file before it/,
    own: true,
  },
  {
    what: "a hard link to a folder",
    tar: () => tarOf([folder("a"), { name: "h", flag: "1", link: "a" }]),
    says: /no file before it/,
    own: true,
  },
  {
    what: "a hard link to a link",
    tar: () =>
      tarOf([
        { name: "l", link: "x" },
        { name: "h", flag: "1", link: "l" },
      ]),
    says: /second name of a link/,
    own: false,
  },
  { what: "a device", tar: () => tarOf([{ name: "sda", flag: "4" }]), says: /is a device/, own: false },
  { what: "a character device", tar: () => tarOf([{ name: "mem", flag: "3" }]), says: /is a device/, own: false },
  { what: "a named pipe", tar: () => tarOf([{ name: "p", flag: "6" }]), says: /named pipe/, own: false },
  { what: "an unknown kind", tar: () => tarOf([{ name: "q", flag: "Q" }]), says: /not known/, own: true },
  {
    what: "content in a folder",
    tar: () => tarOf([{ name: "d/", flag: "5", data: entryOf({ name: "../x" }) }]),
    says: /content where none can be/,
    own: true,
  },
  {
    what: "a negative size",
    tar: () => tarOf([{ name: "x", sizeField: base256(-512n) }]),
    says: /negative size/,
    own: true,
  },
  {
    what: "a size that wraps",
    tar: () => tarOf([{ name: "x", sizeField: base256(2n ** 64n + 512n) }]),
    says: /beyond all bounds/,
    own: true,
  },
  {
    what: "a size of words",
    tar: () => tarOf([{ name: "x", sizeField: Buffer.from("0000000009z\0") }]),
    says: /a number that is none/,
    own: true,
  },
  {
    what: "a negative size in a pax header",
    tar: () => tarOf([{ name: "x", pax: { size: "-1" } }]),
    says: /a number that is none/,
    own: true,
  },
  {
    what: "a file of eight exbibytes",
    tar: () => tarOf([{ name: "x", sizeField: base256(2n ** 53n - 512n) }]),
    says: /larger than any file/,
    own: true,
  },
  { what: "a file of holes, of 8 EB", tar: () => tarOf([sparse("9007199254740000")]), says: /larger than/, own: true },
  {
    what: "the same beyond a number",
    tar: () => tarOf([sparse("9223372036854775807")]),
    says: /a number that is none/,
    own: true,
  },
  {
    what: "a pax header of 2 GB",
    tar: () => tarOf([{ name: "x", flag: "x", size: 2 ** 31 }]),
    says: /beyond all bounds/,
    own: true,
  },
  {
    what: "a long name of 2 GB",
    tar: () => tarOf([{ name: "x", flag: "L", size: 2 ** 31 }]),
    says: /beyond all bounds/,
    own: true,
  },
  {
    what: "a tar that is cut off in a file",
    tar: () => tarOf([{ name: "x", data: Buffer.alloc(4096, 1) }]).subarray(0, 2000),
    says: /cut off/,
    own: true,
  },
  {
    what: "a tar that is cut off between entries",
    tar: () => tarOf([{ name: "x" }], Buffer.alloc(0)),
    says: /cut off/,
    own: true,
  },
  {
    what: "a tar behind a tar",
    tar: () => Buffer.concat([tarOf([{ name: "x" }]), tarOf([{ name: "../y" }])]),
    says: /followed by something else/,
    own: true,
  },
  {
    what: "garbage behind a tar",
    tar: () => Buffer.concat([tarOf([{ name: "x" }]), Buffer.alloc(9000), Buffer.from("x")]),
    says: /followed by something else/,
    own: true,
  },
  { what: "nothing", tar: () => Buffer.alloc(0), says: /is empty/, own: true },
];
