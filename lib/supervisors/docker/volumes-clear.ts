/**
 * Empties a volume although nothing of ours ever runs in it. An engine that unpacks a file over a folder removes the folder
 * first, with all that is in it; that the folder is a mount point it learns only at the end, and then says so. Whether the
 * volume is empty is therefore asked, and not believed.
 */
import { Readable } from "node:stream";
import { messageOf } from "#lib/platform/errors.ts";
import { SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import { containerPath } from "./names.ts";
import { readVolume } from "./volumes-stream.ts";
import { type Helpers, MOUNT } from "./volumes-unstarted.ts";

const BLOCK = 512;
const CHECKSUM = 148;
/** bytes that the tar of an empty volume never has */
const LONGEST = 32_768;

/** Throws `refused` where something is left. */
export async function clearVolume(
  { engine, helpers, name }: { engine: Engine; helpers: Helpers; name: string },
  signal: AbortSignal,
): Promise<void> {
  const id = await helpers.create(name, signal);
  let said = "it says that it is done";
  try {
    const order = { method: "PUT" as const, path: containerPath(id, "archive"), query: { path: "/" }, seconds: null };
    await engine.send({ ...order, data: Readable.from([emptyFile(MOUNT)]), signal });
  } catch (error) {
    if (!(error instanceof SupervisorError) || error.reason !== "refused") throw error;
    said = messageOf(error);
  } finally {
    await helpers.remove(id);
  }
  if (!(await isEmpty({ engine, helpers, name }, signal)))
    throw new SupervisorError("refused", `The engine did not empty ${name}: ${said}`);
}

/** The tar of an empty volume is its root alone. */
async function isEmpty(volume: Parameters<typeof readVolume>[0], signal: AbortSignal): Promise<boolean> {
  const tar = await readVolume(volume, "/", signal);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of tar as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LONGEST) return false;
    }
  } finally {
    tar.destroy();
  }
  const all = Buffer.concat(chunks);
  let entries = 0;
  for (let at = 0; at + BLOCK <= all.length; at += BLOCK) if (isHeader(all.subarray(at, at + BLOCK))) entries += 1;
  return entries <= 1;
}

/** Of an entry that is no extension of the next one. */
function isHeader(block: Buffer): boolean {
  return block.toString("latin1", 257, 262) === "ustar" && !"xgLK".includes(String.fromCharCode(block[156] ?? 0));
}

/** A tar of one file without content. */
function emptyFile(name: string): Buffer {
  const tar = Buffer.alloc(3 * BLOCK);
  tar.write(name, 0);
  tar.write("0000600\0", 100);
  tar.write("0000000\0", 108);
  tar.write("0000000\0", 116);
  tar.write("00000000000\0", 124);
  tar.write("00000000000\0", 136);
  tar.write("        ", CHECKSUM);
  tar.write("0", 156);
  tar.write("ustar\u000000", 257);
  const sum = tar.subarray(0, BLOCK).reduce((all, byte) => all + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, CHECKSUM);
  return tar;
}
