import type { Service } from "#lib/services/service.ts";

/** Tells one run of a service from the next: its processes; null while they are not known. */
export function runOf({ instances }: Pick<Service, "instances">): string | null {
  const pids = instances.map(({ id, pid }) => `${id}:${pid}`);
  return instances.length === 0 || instances.some(({ pid }) => pid === null) ? null : pids.sort().join(" ");
}
