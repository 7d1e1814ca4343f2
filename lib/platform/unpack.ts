/** Packed files are unpacked to files without a name; all that are open at once share one budget of the disk. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream";
import zlib from "node:zlib";
import { AppError } from "./errors.ts";
import { singleton } from "./singleton.ts";

const MOST = 1024 * 1024 * 1024;

interface Unpacked {
  handle: fs.promises.FileHandle;
  /** Gives back what it took of the budget. */
  close(): Promise<void>;
}

/** Bytes that may still be unpacked by everybody together. */
export function unpackBudget(): { left: number } {
  return singleton("unpack-budget", () => ({ left: MOST }));
}

/** Of what is cut off or damaged, as much as there is. Closes the packed one. Throws `too_large` beyond the budget. */
export async function unpack(packed: fs.promises.FileHandle): Promise<Unpacked> {
  const budget = unpackBudget();
  let taken = 0;
  const release = () => {
    budget.left += taken;
    taken = 0;
  };
  let handle: fs.promises.FileHandle | null = null;
  try {
    handle = await openNameless();
    // what was cut off by a crash while it was packed is no error: what came so far is what there is
    const gunzip = zlib.createGunzip({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
    const bytes = pipeline(packed.createReadStream({ start: 0 }), gunzip, () => "told to whoever reads");
    try {
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        if (chunk.length > budget.left) throw tooLarge();
        budget.left -= chunk.length;
        taken += chunk.length;
        await handle.appendFile(chunk);
      }
    } catch (error) {
      // damaged: as above
      if (!String((error as NodeJS.ErrnoException).code).startsWith("Z_")) throw error;
    }
    const opened = handle;
    return { handle, close: () => opened.close().finally(release) };
  } catch (error) {
    release();
    await handle?.close();
    throw error;
  } finally {
    await packed.close().catch(() => "closed with its stream");
  }
}

async function openNameless(): Promise<fs.promises.FileHandle> {
  const folder = await fs.promises.mkdtemp(path.join(os.tmpdir(), "trihelm-log-"));
  try {
    return await fs.promises.open(path.join(folder, "unpacked"), "wx+", 0o600);
  } finally {
    await fs.promises.rm(folder, { recursive: true, force: true });
  }
}

function tooLarge(): AppError {
  return new AppError(
    "too_large",
    "The packed logs that are read now are larger than 1 GiB unpacked. Read them again when others are done, or unpack the largest by hand",
  );
}
