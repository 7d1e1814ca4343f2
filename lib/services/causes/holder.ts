/** Who has a port of this machine. */
import { portHolder } from "../ports/ledger.ts";
import { snapshot } from "../snapshot.ts";
import type { Known } from "./signs/sign.ts";

/** `asks`: the service that wanted it, which may hold it itself. null: nobody is seen there. */
export async function holderOf(asks: string, port: number, protocol: "tcp" | "udp"): Promise<Known["holder"]> {
  const holder = await portHolder(port, protocol);
  if (!holder) return null;
  const name = holder.service === null ? null : snapshot().service(holder.service)?.name;
  return { service: holder.service, name: name ?? holder.name, own: holder.service === asks };
}
