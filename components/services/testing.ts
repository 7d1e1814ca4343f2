import type { Need, Service, Supervisor } from "#lib/services/service.ts";

/** A service that runs as it should, with what a test wants to be different. */
export function aService(name: string, over: Partial<Service> = {}): Service {
  const supervisor = over.supervisor ?? "systemd";
  const scope = over.scope ?? supervisor;
  return {
    id: `local/${encodeURIComponent(scope)}/${encodeURIComponent(name)}`,
    host: "local",
    scope,
    name,
    supervisor,
    title: name,
    group: null,
    state: "running",
    nativeState: "active (running)",
    health: "none",
    since: "2025-11-14T14:00:00.000Z",
    restarts: 0,
    lastExit: null,
    instances: [],
    cpu: 0.01,
    memory: { used: 50 * 1024 ** 2, limit: null },
    ports: [],
    restartPolicy: { policy: "no", delay: null, limit: null, window: null },
    startsAtBoot: true,
    source: `/etc/systemd/system/${name}`,
    protected: false,
    actions: ["stop", "restart"],
    listed: true,
    pinned: false,
    tag: null,
    reason: null,
    dependents: [],
    pending: null,
    code: null,
    stale: null,
    ...over,
  };
}

export function aSupervisor(kind: Supervisor["kind"], over: Partial<Supervisor> = {}): Supervisor {
  const scope = over.scope ?? kind;
  return {
    id: `local/${scope}`,
    kind,
    scope,
    available: true,
    version: "1",
    channel: "socket",
    error: null,
    total: 0,
    others: 0,
    ...over,
  };
}

export function aNeed(service: Service, over: Partial<Need> = {}): Need {
  return {
    service: service.id,
    kind: "failed",
    what: "failed",
    why: "",
    since: null,
    action: null,
    evidence: [],
    ...over,
  };
}
