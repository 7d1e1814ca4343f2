/** Units that wait for each other in a circle: systemd breaks it at boot by leaving one of them out. */
import type { BootConcern } from "../boot.ts";
import type { BusConnection } from "./bus/connection.ts";
import { listLoaded, readOneProperty } from "./calls.ts";
import { isServiceName } from "./names.ts";

const PATTERNS = ["*.service", "*.socket", "*.target", "*.path", "*.timer", "*.mount"];
const AT_ONCE = 32;

/** What each unit waits for, of all that a boot may start. `isStarted`: whether a service is among those. */
export async function readOrder(
  bus: BusConnection,
  isStarted: (name: string) => boolean,
): Promise<Map<string, readonly string[]>> {
  const rows = (await listLoaded(bus, PATTERNS)).filter(
    ({ name, load, active }) => load === "loaded" && (active !== "inactive" || !isServiceName(name) || isStarted(name)),
  );
  const order = new Map<string, readonly string[]>();
  for (let at = 0; at < rows.length; at += AT_ONCE)
    await Promise.all(
      rows.slice(at, at + AT_ONCE).map(async ({ name }) => {
        order.set(name, ((await readOneProperty(bus, name, "After")) ?? []) as string[]);
      }),
    );
  return order;
}

/** The shortest circle through each knot of units that wait for each other. */
export function circlesIn(order: ReadonlyMap<string, readonly string[]>): string[][] {
  const seen = new Set<string>();
  const found: string[][] = [];
  // what waits for nothing that waits, again and again, is in no circle: what stays after that is
  const left = new Map([...order].map(([name, after]) => [name, new Set(after.filter((one) => order.has(one)))]));
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [name, after] of left) {
      for (const one of after) if (!left.has(one)) after.delete(one);
      if (after.size === 0) left.delete(name);
    }
  }
  for (const name of [...left.keys()].sort()) {
    if (seen.has(name)) continue;
    const circle = circleThrough(name, left);
    if (!circle || circle.some((one) => seen.has(one))) continue;
    for (const one of circle) seen.add(one);
    found.push(circle);
  }
  return found;
}

export function circleConcerns(circles: readonly (readonly string[])[]): BootConcern[] {
  return circles.map((circle) => {
    const name = circle.find(isServiceName) ?? null;
    const [first, ...rest] = [...circle, circle[0]!];
    return {
      name,
      title: name ?? first!,
      kind: "circular-order",
      words: `\`${first}\` waits for ${rest.map((one) => `\`${one}\``).join(", which waits for ")}: systemd leaves one of them out at boot.`,
      command: "systemd-analyze verify default.target",
      fix: "Take `After=` or `Before=` out of one of their files; the command names the circle again.",
    };
  });
}

/** Breadth first, so that it is the shortest. Null: none leads back. */
function circleThrough(from: string, order: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [from];
  for (let at = 0; at < queue.length; at += 1)
    for (const next of order.get(queue[at]!) ?? []) {
      if (next === from) {
        const circle = [queue[at]!];
        while (circle[0] !== from) circle.unshift(cameFrom.get(circle[0]!)!);
        return circle;
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, queue[at]!);
      queue.push(next);
    }
  return null;
}
