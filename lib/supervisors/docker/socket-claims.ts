/** Whose a socket is, as the engine sees it: a container's own process, or what passes a published port on to one. */
import type { HeldSocket } from "#lib/platform/socket-holders.ts";
import { NEAREST, type SocketClaim } from "../port-owners.ts";
import type { ServiceRecord } from "../supervisor.ts";

/** what holds published ports for engines: of Docker, of a rootless one, of Podman */
const PROXIES = /^(docker-proxy|dockerd|rootlesskit|rootlessport|conmon|slirp4netns|pasta(\.avx2)?|netavark)/;

/** `idOf`: the container's full id by its name. */
export function claimSockets(
  sockets: readonly HeldSocket[],
  records: readonly ServiceRecord[],
  idOf: (name: string) => string | null,
): (SocketClaim | null)[] {
  const byId = new Map<string, string>();
  const published = new Map<string, { name: string; target: number | null }>();
  for (const { name, ports } of records) {
    const id = idOf(name);
    if (id) byId.set(id, name);
    for (const { protocol, address, port, target } of ports)
      published.set(`${protocol} ${address} ${port}`, { name, target });
  }
  return sockets.map(({ protocol, address, port, holder }) => {
    for (const path of holder?.cgroups ?? []) {
      const id = /[a-f0-9]{64}/.exec(path);
      const name = id && byId.get(id[0]);
      if (name) return { name, nearness: id.index + 64, target: null };
    }
    const own = published.get(`${protocol} ${address} ${port}`);
    return own && (holder === null || PROXIES.test(holder.command)) ? { ...own, nearness: NEAREST } : null;
  });
}
