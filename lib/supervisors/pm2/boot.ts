/**
 * Does an app come back after a reboot? PM2 brings back what `pm2 save` wrote to `dump.pm2`, when something runs
 * `pm2 resurrect` at boot. With the unit that `pm2 startup` writes: yes. Saved without that unit: unknown, since a cron
 * job or a container can do the same. Not saved: no.
 */
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";

const MOST = 32 * 1024 * 1024;
const saved = z.array(z.object({ name: z.union([z.string(), z.number().transform(String)]) }));

export interface BootList {
  has(name: string): boolean | null;
}

/** Answers from `dump.pm2` as it is now; the file is parsed again only when it changed. */
export function createBootList(home: string, user: string): BootList {
  let stamp = "";
  let names: Set<string> | null = null;
  let atBoot: true | null = null;
  let looked = 0;

  const look = () => {
    // a moment's list asks once for each app
    if (Date.now() - looked < 1000) return;
    looked = Date.now();
    atBoot = fs.existsSync(`/etc/systemd/system/pm2-${user}.service`) ? true : null;
    const file = path.join(/*turbopackIgnore: true*/ home, "dump.pm2");
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    const now = stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : "none";
    if (now === stamp) return;
    stamp = now;
    names = stats ? readNames(file, stats) : new Set();
  };

  return {
    has(name) {
      try {
        look();
      } catch (error) {
        // a home that may not be looked into: nothing is known
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "EACCES" && code !== "ENOENT" && code !== "ENOTDIR") throw error;
        names = null;
      }
      if (names === null) return null;
      return names.has(name) ? atBoot : false;
    },
  };
}

/** Names only: the file holds each app's environment. Null when it is not what PM2 writes. */
function readNames(file: string, stats: fs.Stats): Set<string> | null {
  if (!stats.isFile() || stats.size > MOST) return null;
  try {
    return new Set(saved.parse(JSON.parse(fs.readFileSync(file, "utf8"))).map((one) => one.name));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
