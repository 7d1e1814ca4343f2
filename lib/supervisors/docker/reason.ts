/** One sentence on why a container is not fine, in the engine's terms. */
import { stripVTControlCharacters } from "node:util";
import { formatBytes } from "#lib/format/bytes.ts";
import type { Health, LastExit, ServiceState } from "../supervisor.ts";

interface Facts {
  state: ServiceState;
  health: Health;
  lastExit: LastExit | null;
  detail: {
    error: string;
    memoryLimit: number | null;
    healthOutput: string | null;
    restartCount: number;
    status: string;
  };
}

const LONGEST = 200;
// what is left when escape sequences are gone: controls, and what is invisible or turns the writing direction
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** null when it is fine or nothing is known. */
export function reasonOf({ state, health, lastExit, detail }: Facts): string | null {
  if (health === "unhealthy") return detail.healthOutput ?? "Its health check fails";
  if (state !== "failed" && state !== "restarting") return null;
  if (detail.status === "dead") return "The engine could not remove it";
  if (lastExit?.oomKilled)
    return detail.memoryLimit === null
      ? "Killed by the kernel, which ran out of memory (oom-kill)"
      : `Killed by the kernel at its ${formatBytes(detail.memoryLimit)} memory limit (oom-kill)`;
  // a name and 64 digits that everybody knows stand before what matters
  const error = cleanLine(detail.error.replace(/ on endpoint \S{1,255} \([0-9a-f]{64}\)/, ""));
  if (error) return error;
  if (lastExit?.signal) return `Killed by ${lastExit.signal} (exit ${lastExit.code})`;
  return lastExit?.code === null || lastExit === null ? null : `Exit ${lastExit.code}`;
}

/** The first line with anything to read, without escape sequences and control characters; null when there is none. */
export function cleanLine(text: string): string | null {
  const plain = stripVTControlCharacters(text.slice(0, 8192));
  for (const line of plain.split(/[\r\n]+/)) {
    const clean = line.replace(/\t/g, " ").replace(CONTROLS, "").trim();
    if (clean !== "") return clean.length > LONGEST ? `${clean.slice(0, LONGEST - 1)}…` : clean;
  }
  return null;
}
