/**
 * Which incident is part of which. One that takes others down speaks for them: the service that others need, the supervisor
 * that cannot be reached, and, where many fall at about the same time, the first of them. Nothing grave is hidden behind
 * something less grave. Pure.
 */
import { type Incident, isDown, rankOf } from "./incident.ts";
import type { RuleKind } from "./shapes.ts";

/** milliseconds within which one follows from another */
export const FOLLOWS = 30_000;
/** so many of one host are told one by one that have nothing to do with each other and fall within `TOGETHER` milliseconds */
const ONE_BY_ONE = 5;
const TOGETHER = 5000;

export interface Relations {
  /** does this service need that one, also by way of others? */
  needs(service: string, other: string): boolean;
  /** a service that its cause names: who holds its port, what it could not reach */
  named(service: string): string | null;
}

/** Of two about the same service the first of these speaks. */
const SPEAKS: readonly RuleKind[] = ["state", "loop", "check", "health"];

/** Below which of the open ones it belongs; null: it stands alone. */
export function parentOf(incident: Incident, open: readonly Incident[], relations: Relations): Incident | null {
  const rootOf = (one: Incident) => open.find(({ id }) => id === one.parent) ?? one;
  const isFit = (one: Incident) => one !== incident && isGraveEnough(one, incident) && isHeardOf(one);
  const due = open
    .filter((one) => one !== incident && isDue(incident, one, relations))
    .map(rootOf)
    .filter(isFit);
  if (due.length > 0) return oldest(due);
  // others fell because of it: it follows nothing by chance
  if (open.some((one) => one !== incident && isDue(one, incident, relations))) return null;
  const isExplained = (one: Incident) => {
    const parent = open.find(({ id }) => id === one.parent);
    return parent !== undefined && isDue(one, parent, relations);
  };
  const burst = open.filter(
    (one) => one !== incident && isNear(one, incident, TOGETHER) && isOfOneHost(one, incident) && !isExplained(one),
  );
  const roots = burst.filter((one) => one.parent === null && !one.detail.muted && isFit(one));
  if (burst.length < ONE_BY_ONE || roots.length === 0) return null;
  const first = roots.find(({ service }) => service === null) ?? oldest([incident, ...roots]);
  return first === incident ? null : first;
}

/** Those that stand alone and belong below this one: they fell a moment before it. */
export function partsOf(incident: Incident, open: readonly Incident[], relations: Relations): Incident[] {
  return open.filter(
    (one) =>
      one !== incident &&
      one.parent === null &&
      isGraveEnough(incident, one) &&
      isNear(one, incident) &&
      isDue(one, incident, relations),
  );
}

function isDue(incident: Incident, by: Incident, { needs, named }: Relations): boolean {
  const { service, kind } = incident;
  if (service === null) return false;
  // all services of a supervisor that cannot be reached
  if (by.service === null) return by.kind === "state" && service.startsWith(`${by.subject}/`);
  if (by.service === service) return speaksFor(by.kind, kind);
  return SPEAKS.includes(by.kind) && (needs(service, by.service) || named(service) === by.service);
}

function speaksFor(kind: RuleKind, other: RuleKind): boolean {
  if (isDown(kind) && isDown(other)) return false;
  const rank = SPEAKS.indexOf(kind);
  return rank >= 0 && SPEAKS.indexOf(other) > rank;
}

/** Whoever would hear of the part hears of the other one, and no less loudly. */
function isGraveEnough(one: Incident, part: Incident): boolean {
  const channelsOf = ({ detail }: Incident) => JSON.stringify(detail.channels);
  return rankOf(one.severity) >= rankOf(part.severity) && channelsOf(one) === channelsOf(part);
}

/** Somebody is told of it, or will be: behind what nobody hears of nothing is hidden. */
function isHeardOf({ detail, run }: Incident): boolean {
  return detail.said?.state === "open" || detail.muted || run.tellAt !== null || detail.untold === null;
}

function isNear(one: Incident, other: Incident, within = FOLLOWS): boolean {
  return Math.abs(one.run.openedAt - other.run.openedAt) <= within;
}

/** What is no service is the host's own. */
function isOfOneHost(one: Incident, other: Incident): boolean {
  const hostOf = (service: string) => service.slice(0, service.indexOf("/"));
  return one.service === null || other.service === null || hostOf(one.service) === hostOf(other.service);
}

function oldest(incidents: readonly Incident[]): Incident {
  const isOlder = (one: Incident, other: Incident) =>
    one.run.openedAt < other.run.openedAt || (one.run.openedAt === other.run.openedAt && one.id < other.id);
  return incidents.reduce((first, one) => (isOlder(one, first) ? one : first));
}
