import type { Service } from "#lib/services/service.ts";

const FIGURES = new Set<keyof Service>(["cpu", "memory", "instances"]);

/** Whether two readings of one service differ in figures at most. Figures that come or go are a difference: the layout shows it. */
export function sameStanding(a: Service, b: Service): boolean {
  if (a === b) return true;
  const keys = Object.keys(b) as (keyof Service)[];
  if (keys.some((key) => !FIGURES.has(key) && !Object.is(a[key], b[key]))) return false;
  return (
    (a.cpu === null) === (b.cpu === null) &&
    (a.memory === null) === (b.memory === null) &&
    a.memory?.limit === b.memory?.limit &&
    a.instances.length === b.instances.length &&
    a.instances.every((instance, index) => sameInstance(instance, b.instances[index]!))
  );
}

function sameInstance(a: Service["instances"][number], b: Service["instances"][number]): boolean {
  return a.id === b.id && a.pid === b.pid && a.state === b.state && a.restarts === b.restarts && a.since === b.since;
}
