import type { Service } from "#lib/services/service.ts";
import { type Count, countStates, groupOf } from "./board-columns.ts";
import { isOnBoard, isUp, matchesState, matchesText } from "./board-filter.ts";
import { compareNames, compareServices, rank } from "./board-order.ts";
import type { BoardView } from "./board-view.ts";

export interface App {
  key: string;
  name: string;
  ids: string[];
  /** services it has before the filter */
  total: number;
  worst: Service;
  /** what is wrong, as the header says it; empty when nothing is */
  troubles: Count[];
  noneUp: boolean;
}

/** What came with the machine, and what keeps the rest running. */
const PLATFORM = "Platform";

/**
 * Services by what they belong to, from facts alone: compose project, namespace or slice; else the one app that is told
 * to need it; else a first word of the name shared with others; units of the distribution are the platform.
 */
export function boardApps(services: readonly Service[], needy: ReadonlySet<string>, view: BoardView): App[] {
  const onBoard = services.filter((service) => isOnBoard(service, view.all));
  const appOf = nameApps(onBoard);
  const compare = compareServices(view.sort);
  const worstFirst = compareServices("state");
  const apps: App[] = [];
  for (const [name, members] of Map.groupBy(onBoard, (service) => appOf.get(service.id) ?? PLATFORM)) {
    const rows = members.filter((s) => matchesText(s, view.q) && matchesState(s, view.state, needy));
    if (rows.length === 0) continue;
    apps.push({
      key: name,
      name,
      ids: rows.toSorted(compare).map((service) => service.id),
      total: members.length,
      worst: members.toSorted(worstFirst)[0]!,
      troubles: countStates(members, null).filter((count) => count.tone !== "plain"),
      noneUp: !members.some(isUp) && members.some((s) => s.state === "failed" || s.state === "restarting"),
    });
  }
  return apps.sort((a, b) => {
    const trouble = rank(a.worst) - rank(b.worst);
    return trouble || Number(a.name === PLATFORM) - Number(b.name === PLATFORM) || compareNames(a.name, b.name);
  });
}

/** Deals apps to columns, each to the one with the fewest rows so far. */
export function dealApps(apps: readonly App[], columns: number): App[][] {
  const dealt = Array.from({ length: columns }, () => ({ apps: [] as App[], height: 0 }));
  for (const app of apps) {
    const shortest = dealt.reduce((least, column) => (column.height < least.height ? column : least));
    shortest.apps.push(app);
    shortest.height += app.ids.length + 1;
  }
  return dealt.map((column) => column.apps);
}

function nameApps(services: readonly Service[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const service of services) {
    const group = groupOf(service);
    if (group !== null) named.set(service.id, group);
  }
  const groups = new Set(named.values());
  const rest = services.filter((service) => !named.has(service.id) && !isPlatform(service));
  const stems = Map.groupBy(rest, stem);
  for (const service of rest) {
    const base = baseName(service);
    const group = [...groups].find((name) => base === name || base.startsWith(`${name}-`));
    named.set(service.id, group ?? ((stems.get(stem(service))?.length ?? 0) > 1 ? stem(service) : base));
  }
  for (const service of services) {
    if (groupOf(service) !== null) continue;
    const needers = new Set(service.dependents.map((id) => named.get(id)).filter((name) => name !== undefined));
    if (needers.size === 1) named.set(service.id, [...needers][0]!);
  }
  return named;
}

function isPlatform(service: Service): boolean {
  if (service.supervisor === "pm2") return service.tag === "module";
  if (service.supervisor !== "systemd") return false;
  return /^(\/usr)?\/lib\//.test(service.source) || /^pm2-[^.]+\.service$/.test(service.name) || service.source === "";
}

function baseName(service: Service): string {
  return service.supervisor === "systemd" ? service.name.replace(/(@[^.]*)?\.[a-z]+$/, "") : service.name;
}

function stem(service: Service): string {
  const base = baseName(service);
  const first = base.split(/[-_.]/, 1)[0]!;
  return first.length >= 4 ? first : base;
}
