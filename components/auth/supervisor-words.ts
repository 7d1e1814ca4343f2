/** What setup says of each supervisor that Trihelm looked for. */
import { plural } from "#lib/format/plural.ts";
import type { Service, Supervisor } from "#lib/services/service.ts";

const THING = { systemd: "unit", pm2: "process", docker: "container", podman: "container" };
const NAME = { systemd: "systemd", pm2: "PM2", docker: "Docker", podman: "Podman" };

/** `PM2 of deploy`. */
export function nameOf({ kind, scope }: Pick<Supervisor, "kind" | "scope">): string {
  const user = scope.split("@")[1];
  return user ? `${NAME[kind]} of ${user}` : NAME[kind];
}

/** `By D-Bus, version 252. 83 units, 1 failed.` */
export function foundWords(supervisor: Supervisor, services: readonly Pick<Service, "scope" | "state">[]): string {
  const { kind, channel, version, total, scope } = supervisor;
  // PM2 is told apart by its user, which stands in its name
  const by = [
    channel === null || kind === "pm2" ? null : `By ${channel}`,
    version === null ? null : `version ${version}`,
  ];
  const failed = services.filter((service) => service.scope === scope && service.state === "failed").length;
  const what = plural(total, THING[kind], kind === "pm2" ? "processes" : undefined);
  const how = by.filter((part) => part !== null).join(", ");
  return `${how ? `${how[0]!.toUpperCase()}${how.slice(1)}. ` : ""}${what}${failed > 0 ? `, ${failed} failed` : ""}.`;
}

/** Podman that is not here is nothing to speak of beside Docker; several homes of PM2 each are. */
export function worthNaming(supervisors: readonly Supervisor[]): Supervisor[] {
  const order = ["systemd", "pm2", "docker", "podman"];
  return supervisors
    .filter((one) => one.available || one.kind !== "podman" || one.error?.code !== "absent")
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** The button that goes on: it names what is left behind when that is one of them. */
export function goOnWords(supervisors: readonly Supervisor[]): string {
  const missing = supervisors.filter((one) => !one.available);
  return missing.length === 1 ? `Continue without ${nameOf(missing[0]!)}` : "Continue";
}
