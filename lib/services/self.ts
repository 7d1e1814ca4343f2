/** Which service is Trihelm itself, and which ones carry its page: stopping those cuts the branch one sits on. */
import fs from "node:fs";
import os from "node:os";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { establishedPeers, foreignPeers } from "#lib/platform/sockets.ts";
import type { Service } from "./service.ts";
import { snapshot } from "./snapshot.ts";

interface Own {
  unit: string | null;
  container: string | null;
  pm2: string | null;
}

/** True when this service is the one that runs this process. */
export function isOwn(service: Service): boolean {
  const own = singleton("own", readOwn);
  if (service.supervisor === "systemd") return own.unit !== null && service.name === own.unit;
  if (service.supervisor === "pm2")
    return own.pm2 !== null && service.instances.some((instance) => instance.id === own.pm2);
  return own.container !== null && service.instances.some((instance) => own.container!.startsWith(instance.id));
}

/** Why stopping this service takes the page away, as a sentence; null when it does not. */
export async function servedThrough(service: Service): Promise<string | null> {
  if (isOwn(service)) return `${service.name} is Trihelm itself: this page goes away with it.`;
  const carriers = new Set(establishedPeers(env().port));
  const pids = service.instances.flatMap((instance) => instance.pid ?? []);
  const record = snapshot().find(service.id)?.record;
  const foreign = foreignPeers(env().port);
  const carries =
    pids.some((pid) => carriers.has(pid) || ancestorsMeet(pid, carriers)) ||
    record?.addresses.some((address) => foreign.includes(address));
  return carries ? `This page may be reached through ${service.name}: without it the page may not answer.` : null;
}

function readOwn(): Own {
  const cgroup = readOr("/proc/self/cgroup", "");
  const id =
    /([a-f0-9]{64})/.exec(cgroup)?.[1] ??
    /\/containers\/([a-f0-9]{64})\//.exec(readOr("/proc/self/mountinfo", ""))?.[1];
  const name = /^[a-f0-9]{12}$/.test(os.hostname()) ? os.hostname() : null;
  return {
    unit: /\/([^/\n]+\.service)$/m.exec(cgroup)?.[1] ?? null,
    container: id ?? name,
    pm2: process.env.pm_id ?? null,
  };
}

/** A carrier is often a worker below the service's main process. */
function ancestorsMeet(main: number, carriers: Set<number>): boolean {
  for (const carrier of carriers)
    for (let pid = carrier, depth = 0; pid > 1 && depth < 16; depth += 1) {
      if (pid === main) return true;
      pid = Number(/^PPid:\s*(\d+)/m.exec(readOr(`/proc/${pid}/status`, ""))?.[1] ?? 0);
    }
  return false;
}

function readOr(file: string, otherwise: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    // absent off Linux, or the process has ended: then there is nothing to know
    return otherwise;
  }
}
