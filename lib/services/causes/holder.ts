/** Who has a port of this machine. */

import { allPids, readText } from "#lib/platform/proc.ts";
import { listeningSockets } from "#lib/platform/sockets.ts";
import { snapshot } from "../snapshot.ts";
import type { Known } from "./signs/sign.ts";

/** `asks`: the service that wanted it, which may hold it itself. null: nobody is seen there. */
export async function holderOf(asks: string, port: number, protocol: "tcp" | "udp"): Promise<Known["holder"]> {
  const holders = snapshot()
    .services()
    .filter(({ ports }) => ports.some((one) => one.port === port && one.protocol === protocol));
  const other = holders.find(({ id }) => id !== asks);
  if (other) return { service: other.id, name: other.name, own: false };
  const [own] = holders;
  for (const [pid, sockets] of listeningSockets(allPids()))
    if (sockets.some((one) => one.port === port && one.protocol === protocol)) {
      const name = `${(readText(`/proc/${pid}/comm`) ?? "").trim() || "a process"} (${pid})`;
      return own ? { service: own.id, name: own.name, own: true } : { service: null, name, own: false };
    }
  return null;
}
