/** What one caller sees of the services: those within their patterns, with the actions that they may do. Cut here, for reads and stream alike. */
import { type Access, may, reaches } from "#lib/auth/access.ts";
import type { BusEvent } from "#lib/events/bus.ts";
import type { LiveEvents, Service } from "./service.ts";

/** The service with this caller's actions; null when it is none of theirs. */
export function viewService(service: Service, access: Access): Service | null {
  if (!may(access, "read", service.id)) return null;
  return service.actions.length === 0 || access.verbs.has("act") ? service : { ...service, actions: [] };
}

/** All that a page starts from, cut to the caller's. */
export function viewBoard(board: LiveEvents["snapshot"], access: Access): LiveEvents["snapshot"] {
  if (seesAll(access)) return board;
  return {
    ...board,
    items: viewServices(board.items, access),
    needs: board.needs.filter(({ service }) => reaches(access, service)),
    sparks: Object.fromEntries(Object.entries(board.sparks).filter(([id]) => reaches(access, id))),
  };
}

/** A list of services, cut to the caller's. */
export function viewServices(services: readonly Service[], access: Access): Service[] {
  return services.flatMap((service) => viewService(service, access) ?? []);
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
  supervisor: (data) => data,
  usage: (data, access) => ({ ...data, items: data.items.filter(({ id }) => reaches(access, id)) }),
  host: (data) => data,
  needs: (data, access) => ({ items: data.items.filter(({ service }) => reaches(access, service)) }),
};

function seesAll(access: Access): boolean {
  return access.services === null && access.verbs.has("read") && access.verbs.has("act");
}
