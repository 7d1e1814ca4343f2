/** What one caller sees of the services: those within their patterns, with the actions that they may do. Cut here, for reads and stream alike. */
import { type Access, may, reaches, reachesScope } from "#lib/auth/access.ts";
import type { BusEvent } from "#lib/events/bus.ts";
import { viewJob } from "#lib/jobs/view.ts";
import type { LiveEvents, Service, Supervisor } from "./service.ts";
import { snapshot } from "./snapshot.ts";

/** The service with this caller's actions; null when it is none of theirs. */
export function viewService(service: Service, access: Access): Service | null {
  if (!may(access, "read", service.id)) return null;
  const isOthers = (id: string) => !reaches(access, id);
  const actions = access.verbs.has("act") ? service.actions : [];
  const dependents = service.dependents.some(isOthers)
    ? service.dependents.filter((id) => !isOthers(id))
    : service.dependents;
  if (actions === service.actions && dependents === service.dependents) return service;
  return { ...service, actions, dependents };
}

/** All that a page starts from, cut to the caller's. */
export function viewBoard(board: LiveEvents["snapshot"], access: Access): LiveEvents["snapshot"] {
  if (seesAll(access)) return board;
  return {
    ...board,
    items: viewServices(board.items, access),
    supervisors: viewSupervisors(board.supervisors, access),
    needs: board.needs.filter(({ service }) => may(access, "read", service)),
    sparks: Object.fromEntries(Object.entries(board.sparks).filter(([id]) => may(access, "read", id))),
    host: access.verbs.has("read") ? board.host : null,
  };
}

/** A list of services, cut to the caller's. */
export function viewServices(services: readonly Service[], access: Access): Service[] {
  return services.flatMap((service) => viewService(service, access) ?? []);
}

/** Those that can have a service of the caller's; how many others there are is not theirs to know. */
export function viewSupervisors(supervisors: readonly Supervisor[], access: Access): Supervisor[] {
  return supervisors.flatMap((supervisor) => viewSupervisor(supervisor, access) ?? []);
}

function viewSupervisor(supervisor: Supervisor, access: Access): Supervisor | null {
  if (access.services === null) return supervisor;
  if (!reachesScope(access, supervisor.id)) return null;
  const own = snapshot()
    .services()
    .filter(({ id }) => id.startsWith(`${supervisor.id}/`) && reaches(access, id));
  return { ...supervisor, total: own.length, others: own.filter(({ listed }) => !listed).length };
}

/** One event of the live stream as this caller may have it; null when it is not for them. */
export function viewEvent(event: BusEvent, access: Access): unknown | null {
  if (seesAll(access)) return event.data;
  const view = VIEWS[event.name as keyof LiveEvents];
  // an event that nobody has said anything about is for those who see everything
  return view ? view(event.data as never, access) : null;
}

const VIEWS: { [Name in keyof LiveEvents]: (data: LiveEvents[Name], access: Access) => LiveEvents[Name] | null } = {
  snapshot: viewBoard,
  service: viewService,
  gone: (data, access) => (reaches(access, data.id) ? data : null),
  supervisor: viewSupervisor,
  usage: (data, access) => ({ ...data, items: data.items.filter(({ id }) => reaches(access, id)) }),
  host: (data) => data,
  job: viewJob,
  volume: (data, access) => (may(access, "read", data.id) ? data : null),
  needs: (data, access) => ({ items: data.items.filter(({ service }) => reaches(access, service)) }),
  code: (data, access) => (may(access, "read", data.service) ? data : null),
  alert: (data, access) => (mayReadOf(access, data.service) ? data : null),
  check: (data, access) => (mayReadOf(access, data.service) ? data : null),
};

/** What belongs to no service is for those who are limited to none. */
function mayReadOf(access: Access, service: string | null): boolean {
  return may(access, "read", service) && (service !== null || access.services === null);
}

function seesAll(access: Access): boolean {
  return access.services === null && access.verbs.has("read") && access.verbs.has("act");
}
