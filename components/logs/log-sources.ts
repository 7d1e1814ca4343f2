/** What lines can be read of: services, and what stands beside them (the kernel, files that somebody named). */
import { decoded } from "#lib/format/decoded.ts";
import type { LogSourceEntry } from "#lib/logs/source-shapes.ts";
import type { Service } from "#lib/services/service.ts";
import { helmOf } from "@/components/ui/helm-icon.tsx";

export interface LogSourceItem {
  id: string;
  name: string;
  helm: "systemd" | "pm2" | "docker" | "host";
  /** why nothing can be read there now */
  problem: string | null;
  /** somebody named it and may take it away again */
  removable: boolean;
}

/** The API merges so many at most. */
export const MOST_SOURCES = 50;

export const HELMS = ["systemd", "pm2", "docker", "host"] as const;

/** Sources in the order of the rail. `named`: ids that the view asks for, on the board or not. */
export function sourcesOf(
  services: readonly Service[],
  entries: readonly LogSourceEntry[],
  named: ReadonlySet<string>,
): LogSourceItem[] {
  const listed = services.filter((service) => isListed(service) || named.has(service.id)).sort(byHelm);
  const known = new Set([...services, ...entries].map(({ id }) => id));
  return [
    ...listed.map(({ id, name, supervisor }) => ({
      ...{ id, name, helm: helmOf(supervisor) },
      ...{ problem: null, removable: false },
    })),
    ...entries.map(({ id, title, kind, problem }) => ({
      ...{ id, name: title, helm: "host" as const },
      ...{ problem, removable: kind === "file" },
    })),
    ...[...named].filter((id) => !known.has(id)).map(goneSource),
  ];
}

/** Which of the sources are shown, and whether there are others that cannot be shown as well. */
export function chosenOf(
  sources: readonly LogSourceItem[],
  named: ReadonlySet<string>,
): { ids: string[]; isFull: boolean } {
  const wanted = named.size > 0 ? [...named] : sources.filter(({ problem }) => problem === null).map(({ id }) => id);
  return {
    ids: wanted.slice(0, MOST_SOURCES),
    isFull: wanted.length >= MOST_SOURCES && sources.length > MOST_SOURCES,
  };
}

/** What the address asks for and nobody knows (any more): whoever reads its log is told why it cannot be. */
function goneSource(id: string): LogSourceItem {
  const [, scope = "", name = id] = id.split("/");
  const helm = HELMS.find((known) => scope.startsWith(known)) ?? "host";
  return { id, name: decoded(name), helm, problem: null, removable: false };
}

function isListed({ listed, pinned, state }: Service): boolean {
  return listed || pinned || state === "failed";
}

function byHelm(one: Service, other: Service): number {
  const order = (service: Service) => HELMS.indexOf(helmOf(service.supervisor));
  return (
    order(one) - order(other) ||
    (one.group ?? "~").localeCompare(other.group ?? "~") ||
    one.name.localeCompare(other.name)
  );
}
