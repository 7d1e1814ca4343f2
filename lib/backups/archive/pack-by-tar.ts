/** A folder of this machine through GNU tar, which reads holes, attributes and access lists and never follows a link. */
import fs from "node:fs";
import { AppError } from "#lib/platform/errors.ts";
import { pipe } from "#lib/platform/exec.ts";
import { UNREAD, VANISHED } from "./lost.ts";
import type { Packing } from "./pack.ts";
import { mountsBelow } from "./pack-mounts.ts";
import { prunedNames } from "./pack-pruned.ts";
import { pathOf } from "./tar-name.ts";

/** bytes that tar writes at once, and how many times it does between two words of how far it is */
const RECORD = 256 * 1024;
const TOLD_EVERY = 32;

const ARGUMENTS = [
  "--create",
  "--format=pax",
  // times of reading and of the inode change with every look and mean nothing elsewhere
  "--pax-option=delete=atime,delete=ctime",
  "--numeric-owner",
  "--xattrs",
  "--acls",
  "--sparse",
  // what is mounted within is another source, or /proc
  "--one-file-system",
  "--quoting-style=escape",
  `--blocking-factor=${RECORD / 512}`,
  "--no-check-device",
];

/** `into`: an open file that it goes to instead. Throws AppError `internal` with tar's own words for what it could not read on. */
export async function* packByTar(
  folder: string,
  { filter, signal, skip }: Packing,
  into?: { to: number; onWritten: (bytes: number) => void },
): AsyncGenerator<Uint8Array> {
  const exclude = filter.isAll ? [] : ["--anchored", "--no-wildcards", "--exclude-from=-"];
  // whoever writes into a file hears nothing of our end: a word now and then, that nobody takes any more, ends it too
  const told = into ? [`--checkpoint=${TOLD_EVERY}`] : [];
  for (const mount of fs.existsSync(folder) ? mountsBelow(folder) : [])
    if (filter.takes(mount, true)) skip(mount, "another file system is mounted there");
  const wrong: string[] = [];
  const output = pipe("tar", [...ARGUMENTS, ...told, ...exclude, `--directory=${folder}`, "--file=-", "--", "."], {
    signal,
    ...(filter.isAll ? {} : { input: prunedNames(folder, filter) }),
    ...(into && { to: into.to }),
    // options of whoever started the server would change what is written
    env: { TAR_OPTIONS: "" },
    onError: (line) => {
      const records = into && CHECKPOINT.exec(line)?.[1];
      if (records) return into.onWritten(Number(records) * RECORD);
      const meant = meaningOf(line);
      if (meant === "wrong") wrong.push(line);
      else if (meant) skip(meant.path, meant.why);
    },
  });
  let step = await output.next();
  for (; !step.done; step = await output.next()) yield step.value;
  signal.throwIfAborted();
  const { exitCode, stderr } = step.value;
  if (wrong.length > 0 || exitCode === null || exitCode > 2)
    throw new AppError("internal", `${folder} cannot be read whole: ${(wrong[0] ?? stderr).slice(0, 500)}`);
}

const CHECKPOINT = /^\S*tar: Write checkpoint (\d+)$/;

/**
 * All of it into an open file, where a pipe would make tar wait for its reader. False: it became more than `most` bytes, what is
 * there is not whole and nothing was told of it.
 */
export async function packByTarInto(
  folder: string,
  to: number,
  { most, ...packing }: Packing & { most: number },
): Promise<boolean> {
  const tooMuch = new AbortController();
  const told: Parameters<Packing["skip"]>[] = [];
  const how: Packing = {
    ...packing,
    signal: AbortSignal.any([packing.signal, tooMuch.signal]),
    skip: (...note) => told.push(note),
  };
  try {
    const writing = packByTar(folder, how, {
      to,
      onWritten: (bytes) => {
        if (bytes > most) tooMuch.abort();
      },
    });
    for await (const _ of writing);
  } catch (error) {
    if (tooMuch.signal.aborted && !packing.signal.aborted) return false;
    throw error;
  }
  for (const note of told) packing.skip(...note);
  return true;
}

/** Lines that tell what was left out, in tar's words; the rest of them is a failure. */
const NOTES: [RegExp, why: string | null][] = [
  [/^(.*): socket ignored$/, "a socket"],
  [/^(.*): door ignored$/, "a door"],
  [/^(.*): File removed before we read it$/, VANISHED],
  [
    /^(?:Cannot stat: |)(.*): (?:Warning: )?Cannot (?:stat|open|savedir|readlink): No such file or directory$/,
    VANISHED,
  ],
  [/^(.*): file changed as we read it$/, "changed while being read: the archive may hold a mix of old and new"],
  [/^(.*): File shrank by \d+ bytes; padding with zeros$/, "became shorter while being read: its end is zeros"],
  [/^(.*): (?:Warning: )?Cannot (?:open|stat|savedir|readlink): Permission denied$/, UNREAD],
  [/^(.*): contains a cache directory tag/, null],
  [
    /^(.*): Warning: Cannot (?:llistxattr|lgetxattr|flistxattr|fgetxattr|acl_get_file.*):? .*$/,
    "its attributes or access list could not be read",
  ],
  [/^Exiting with failure status due to previous errors$/, null],
];

function meaningOf(line: string): { path: string; why: string } | "wrong" | null {
  const words = line.replace(/^\S*tar: /, "");
  if (words.trim() === "") return null;
  for (const [pattern, why] of NOTES) {
    const path = pattern.exec(words)?.[1];
    if (pattern.test(words)) return why === null ? null : { path: pathOf(unescaped(path ?? ".")), why };
  }
  return "wrong";
}

const LETTERS: Record<string, number> = { n: 10, t: 9, r: 13, b: 8, f: 12, v: 11, a: 7, "\\": 92, " ": 32 };

/** A name as `--quoting-style=escape` writes it. */
function unescaped(name: string): Buffer {
  const parts = name.split(/(\\(?:[0-7]{3}|.))/s);
  return Buffer.concat(
    parts.map((part) => {
      if (part.length < 2 || !part.startsWith("\\")) return Buffer.from(part, "utf8");
      return Buffer.from([LETTERS[part[1]!] ?? Number.parseInt(part.slice(1), 8)]);
    }),
  );
}
