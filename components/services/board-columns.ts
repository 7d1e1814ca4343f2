import type { Service, Supervisor } from "#lib/services/service.ts";
import { helmOf } from "@/components/ui/helm-icon.tsx";
import { isOnBoard, isUp, matchesState, matchesText } from "./board-filter.ts";
import { compareNames, compareServices, rank } from "./board-order.ts";
import type { BoardView } from "./board-view.ts";

/** Whose colour and column it is; Podman shares both with Docker. */
export type Helm = ReturnType<typeof helmOf>;

/** Left to right, always the same. */
export const HELMS: readonly Helm[] = ["systemd", "pm2", "docker"];

export interface RowGroup {
  key: string;
  /** null: the rows need no header, being all that the column has */
  head: { name: string; word: string; named: boolean } | null;
  scope: string;
  ids: string[];
  up: number;
  total: number;
}

export interface Column {
  helm: Helm;
  title: string;
  supervisors: Supervisor[];
  groups: RowGroup[];
  /** rows that are shown, and services on the board before the filter */
  shown: number;
  listed: number;
  counts: Count[];
  /** services of this column that only "Show all" would show */
  hidden: number;
  /** of these, how many match the text of the filter */
  hiddenMatches: number;
}

/** A part of the header's line: `6 running`, `1 failed`. */
export interface Count {
  count: number;
  word: string;
  tone: "plain" | "warn" | "fail";
}

interface Board {
  services: readonly Service[];
  supervisors: readonly Supervisor[];
  needy: ReadonlySet<string>;
}

/** The three columns in their fixed order, each with its groups and rows as the view asks. */
export function boardColumns({ services, supervisors, needy }: Board, view: BoardView): Column[] {
  return HELMS.map((helm) => {
    const own = services.filter((service) => helmOf(service.supervisor) === helm);
    const onBoard = own.filter((service) => isOnBoard(service, view.all));
    const rows = onBoard.filter((s) => matchesText(s, view.q) && matchesState(s, view.state, needy));
    const ours = supervisors.filter((supervisor) => helmOf(supervisor.kind) === helm);
    const hidden = own.filter((service) => !isOnBoard(service, view.all));
    return {
      helm,
      title: columnTitle(helm, ours),
      supervisors: ours,
      groups: rowGroups(rows, onBoard, view),
      shown: rows.length,
      listed: onBoard.length,
      counts: countStates(onBoard, helm),
      hidden: hidden.length,
      hiddenMatches: view.q ? hidden.filter((service) => matchesText(service, view.q)).length : 0,
    };
  });
}

/** What the header says of its services: how many run, then what is wrong. */
export function countStates(all: readonly Service[], helm: Helm | null): Count[] {
  // what was last seen of a daemon that does not answer says nothing of now
  const services = all.filter((service) => service.stale === null);
  const counts: Count[] = [];
  const add = (count: number, word: string, tone: Count["tone"]) => {
    if (count > 0) counts.push({ count, word, tone });
  };
  add(services.filter(isUp).length, helm === "pm2" ? "online" : "running", "plain");
  add(services.filter((s) => s.state === "failed").length, "failed", "fail");
  add(services.filter((s) => s.state === "restarting").length, "restarting", "fail");
  add(services.filter((s) => s.state === "running" && s.health === "unhealthy").length, "unhealthy", "warn");
  if (counts.length === 0) add(services.length, "stopped", "plain");
  return counts;
}

function columnTitle(helm: Helm, supervisors: readonly Supervisor[]): string {
  if (helm === "systemd") return "systemd";
  if (helm === "pm2") return "PM2";
  const kinds = new Set(supervisors.filter((s) => s.available || s.total > 0).map((s) => s.kind));
  if (kinds.has("podman")) return kinds.has("docker") ? "Docker, Podman" : "Podman";
  return "Docker";
}

function rowGroups(rows: readonly Service[], onBoard: readonly Service[], view: BoardView): RowGroup[] {
  const compare = compareServices(view.sort);
  const totals = Map.groupBy(onBoard, groupKey);
  const scopes = new Set(onBoard.map((service) => service.scope));
  const headed = scopes.size > 1 || onBoard.some((service) => groupOf(service) !== null);
  const groups = [...Map.groupBy(rows, groupKey)].map(([key, members]) => {
    const sorted = members.toSorted(compare);
    const first = sorted[0]!;
    const all = totals.get(key) ?? members;
    return {
      group: {
        key,
        head: headed ? groupHead(first, scopes.size > 1) : null,
        scope: first.scope,
        ids: sorted.map((service) => service.id),
        up: all.filter((service) => service.state === "running").length,
        total: all.length,
      },
      first,
    };
  });
  return groups
    .sort((a, b) => {
      const scope = scopeRank(a.first) - scopeRank(b.first) || compareNames(a.first.scope, b.first.scope);
      // trouble lifts a group, so that "worst first" holds for the whole column
      const trouble = view.sort === "state" ? Math.min(rank(a.first), 4) - Math.min(rank(b.first), 4) : 0;
      const [one, other] = [groupOf(a.first), groupOf(b.first)];
      const loose = Number(one === null) - Number(other === null);
      return scope || trouble || loose || compareNames(one ?? "", other ?? "");
    })
    .map(({ group }) => group);
}

function groupKey(service: Service): string {
  return `${service.scope}\n${groupOf(service) ?? ""}`;
}

/**
 * Compose project, PM2 namespace or slice. systemd gives every template a slice of its own (`system-postgresql.slice`),
 * which nobody chose and which groups nothing.
 */
export function groupOf(service: Service): string | null {
  if (service.supervisor !== "systemd") return service.group;
  return service.group?.startsWith("system-") ? null : (service.group?.replace(/\.slice$/, "") ?? null);
}

/** The system's own daemon before those of users, Docker before Podman. */
function scopeRank(service: Service): number {
  return Number(service.scope.includes("@")) + Number(service.supervisor === "podman") * 2;
}

const GROUP_WORDS = { docker: "compose", podman: "compose", pm2: "namespace", systemd: "slice" } as const;
const LOOSE_WORDS = {
  docker: "No project",
  podman: "No project",
  pm2: "No namespace",
  systemd: "system.slice",
} as const;

function groupHead(service: Service, severalScopes: boolean): RowGroup["head"] {
  const kind = service.supervisor;
  const group = groupOf(service);
  if (group !== null) {
    return {
      name: group,
      word: severalScopes ? `${GROUP_WORDS[kind]}, ${service.scope}` : GROUP_WORDS[kind],
      named: true,
    };
  }
  return severalScopes
    ? { name: service.scope, word: "", named: true }
    : { name: LOOSE_WORDS[kind], word: "", named: false };
}
