/** What a made-up supervisor says of ports, boots and traffic: out of its records alone. */
import type { BootConcern } from "../boot.ts";
import { NEAREST, type SocketClaim } from "../port-owners.ts";
import type { ServiceRecord, SupervisorKind } from "../supervisor.ts";
import type { ServiceTraffic } from "../traffic.ts";

const CONCERNS: Record<
  SupervisorKind,
  { kind: BootConcern["kind"]; words: string; command: (name: string) => string }
> = {
  systemd: {
    kind: "disabled",
    words: "It runs and is not enabled: nothing starts it at boot.",
    command: (name) => `sudo systemctl enable -- ${name}`,
  },
  pm2: {
    kind: "not-saved",
    words: "It is not in the list that PM2 saved: it does not come back.",
    command: () => "pm2 save",
  },
  docker: {
    kind: "no-restart-policy",
    words: "It has no restart policy: it stays down after a reboot.",
    command: (name) => `docker update --restart unless-stopped ${name}`,
  },
  podman: {
    kind: "no-restart-policy",
    words: "It has no restart policy: it stays down after a reboot.",
    command: (name) => `podman update --restart unless-stopped ${name}`,
  },
};

/** Services that run and are said not to start at boot. */
export function fakeConcerns(records: readonly ServiceRecord[], kind: SupervisorKind): BootConcern[] {
  const { command, ...said } = CONCERNS[kind];
  return records
    .filter(({ state, startsAtBoot, listed }) => listed && state === "running" && startsAtBoot === false)
    .map(({ name, title }) => ({ name, title, ...said, command: command(name), fix: "Let it start at boot." }));
}

/** A socket is that of the record which says so. */
export function fakeClaims(
  sockets: readonly { protocol: "tcp" | "udp"; address: string; port: number }[],
  records: readonly ServiceRecord[],
): (SocketClaim | null)[] {
  return sockets.map((socket) => {
    const isSame = (one: typeof socket) =>
      one.protocol === socket.protocol && one.port === socket.port && one.address === socket.address;
    const name = records.find(({ ports, state }) => state === "running" && ports.some(isSame))?.name;
    return name === undefined ? null : { name, nearness: NEAREST, target: null };
  });
}

/** As much as the time that has gone, and more of it for a longer name. */
export function fakeTraffic(records: readonly ServiceRecord[], kind: SupervisorKind): ServiceTraffic[] {
  const at = performance.now();
  return records
    .filter(({ state }) => state === "running")
    .map(({ name }) => {
      const bytes = Math.round(at * name.length * (1 + 0.2 * Math.sin(at / 60_000 + name.length)));
      const own = kind === "docker" || kind === "podman";
      const network = { networkIn: own ? bytes * 3 : null, networkOut: own ? bytes : null };
      return { name, at, diskRead: bytes, diskWrite: bytes * 2, ...network };
    });
}
