/** Reads for pages and API: from memory, but for `readService`, which asks the supervisor for one service's detail. */

import { readHost } from "#lib/metrics/host.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { type ServiceState, SupervisorError } from "#lib/supervisors/supervisor.ts";
import { detailOf, type ServiceDetail } from "./detail.ts";
import { sampler } from "./sample.ts";
import type { Board, LiveEvents, Service, UsageDelta } from "./service.ts";
import { snapshot } from "./snapshot.ts";

export interface BoardFilter {
  /** a kind, a scope or a whole id: `docker`, `pm2@deploy`, `local/docker` */
  supervisor?: string | undefined;
  state?: ServiceState | undefined;
  /** in name, title, group, source, state or a port */
  q?: string | undefined;
  /** every service, also those that nobody wrote */
  all?: boolean | undefined;
}

/** Services side by side, with their supervisors. */
export function readServices(filter: BoardFilter): Board {
  const board = snapshot();
  return {
    items: board.services().filter((service) => matches(service, filter)),
    supervisors: board.supervisors(),
    generatedAt: timestamp(),
  };
}

/** All that a page starts from: every service, also the unlisted ones. */
export function readBoard(): LiveEvents["snapshot"] {
  return {
    ...readServices({ all: true }),
    needs: snapshot().needs(),
    host: readHost(),
    sparks: sampler().sparks(),
  };
}

/** Every service's figures, for a client that resumes and may have missed readings. */
export function readFigures(): UsageDelta[] {
  return snapshot()
    .services()
    .map(({ id, cpu, memory, instances }) => ({
      id,
      cpu,
      memory,
      instances: instances.length > 1 ? instances.map((i) => ({ id: i.id, cpu: i.cpu, memory: i.memory })) : [],
    }));
}

export interface ServiceReading {
  service: Service;
  detail: ServiceDetail | null;
  /** why there is no detail, for people */
  problem: string | null;
}

/** One service with its native detail, secrets masked; null when there is none by this id. */
export async function readService(id: string): Promise<ServiceReading | null> {
  const found = snapshot().find(id);
  const service = snapshot().service(id);
  if (!found || !service) return null;
  try {
    return { service, detail: detailOf(await found.source.inspect(found.record.name)), problem: null };
  } catch (error) {
    if (error instanceof SupervisorError) return { service, detail: null, problem: messageOf(error) };
    throw error;
  }
}

/** As `snapshot().service`, with a clear error. */
export function requireService(id: string): Service {
  const service = snapshot().service(id);
  if (!service) throw new AppError("not_found", `There is no service ${id}. GET /api/v1/services?all=1 lists them`);
  return service;
}

function matches(service: Service, filter: BoardFilter): boolean {
  if (!filter.all && !service.listed && !service.pinned && service.state !== "failed") return false;
  if (filter.state && service.state !== filter.state) return false;
  if (
    filter.supervisor &&
    ![service.supervisor, service.scope, `${service.host}/${service.scope}`].includes(filter.supervisor)
  )
    return false;
  return !filter.q || haystack(service).includes(filter.q.toLowerCase());
}

function haystack(service: Service): string {
  const ports = service.ports.flatMap((port) => [`:${port.port}`, port.target === null ? "" : `:${port.target}`]);
  return [service.name, service.title, service.group, service.source, service.state, service.nativeState, ...ports]
    .join("\n")
    .toLowerCase();
}
