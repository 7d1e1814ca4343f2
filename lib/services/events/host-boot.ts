/** Was the machine restarted since this server looked last? The kernel gives each boot an id. */
import fs from "node:fs";
import os from "node:os";
import type { Kept } from "./store.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

export interface Boot {
  id: string;
  /** milliseconds since the epoch */
  at: number;
}

/** null where the kernel does not say. */
export function currentBoot(): Boot | null {
  try {
    const id = fs.readFileSync(BOOT_ID, "utf8").trim();
    return /^[0-9a-f-]{32,36}$/.test(id) ? { id, at: Date.now() - os.uptime() * 1000 } : null;
  } catch {
    // no Linux, or a sandbox without it: then a restart of the machine cannot be told
    return null;
  }
}

/** What happened to the host: nothing where it is the boot of before, or none was seen before. */
export function rebooted(host: string, before: string | null, now: Boot): Kept | null {
  if (before === null || before === now.id) return null;
  return {
    ...{ service: host, at: new Date(now.at).toISOString(), kind: "rebooted", count: 1 },
    ...{ code: null, signal: null, oomKilled: false, by: null, reason: null, detail: null, missed: true },
  };
}
