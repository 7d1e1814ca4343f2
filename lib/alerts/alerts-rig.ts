/** The engine with a clock that stands still until it is moved, a board that is written by hand, and a memory in place of the database. */
import { afterEach, beforeEach } from "vitest";
import type { Service, Supervisor } from "#lib/services/service.ts";
import { builtInRules } from "./built-in.ts";
import type { Message } from "./channels/shapes.ts";
import { Engine } from "./engine.ts";
import type { StoredIncident } from "./incident.ts";
import type { RuleRow } from "./rule-row.ts";
import type { Alert, Mute } from "./shapes.ts";

const NOON = Date.UTC(2026, 10, 21, 12);

export class AlertsRig {
  wall = NOON;
  mono = 1000;
  rules: RuleRow[] = builtInRules(new Date(NOON));
  mutes: Mute[] = [];
  readonly told: Message[] = [];
  readonly rows = new Map<string, StoredIncident>();
  readonly published: Alert[] = [];
  readonly #services = new Map<string, Service>();
  readonly #needs = new Map<string, Set<string>>();
  readonly heldStill = new Set<string>();
  isReady = true;
  /** services whose cards have not come yet */
  readonly unexplained = new Set<string>();
  /** by id: the service that its card names */
  readonly named = new Map<string, string>();
  /** why nobody is told */
  untold: string | null = null;
  engine: Engine = this.#made();

  /** As after a restart of the server: what is not written is forgotten. `away`: milliseconds. */
  async restart(away = 5000): Promise<void> {
    await this.engine.stop();
    const left = structuredClone([...this.rows.values()]);
    this.wall += away;
    this.mono = 500;
    this.engine = this.#made();
    await this.start(left);
  }

  async start(left: StoredIncident[] = []): Promise<void> {
    await this.engine.start(left);
    if (left.length > 0) this.engine.services.all();
    await this.settle();
  }

  /** Time passes, a round in every quarter of a second where something is due. */
  async pass(milliseconds: number, { step = 250 } = {}): Promise<void> {
    for (let left = milliseconds; left > 0; left -= step) {
      this.wall += Math.min(step, left);
      this.mono += Math.min(step, left);
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    await this.engine.round();
    await new Promise((resolve) => setImmediate(resolve));
    await this.engine.round();
  }

  /** A service as it is now. */
  seen(name: string, more: Partial<Service> = {}): void {
    const id = idOf(name);
    const before = this.#services.get(id) ?? serviceOf(name);
    const service = { ...before, ...more };
    this.#services.set(id, service);
    this.engine.services.service(service);
  }

  /** While nobody looks; null: it is gone. */
  becomes(name: string, more: Partial<Service> | null): void {
    if (more === null) this.#services.delete(idOf(name));
    else this.#services.set(idOf(name), { ...serviceOf(name), ...more });
  }

  fails(name: string, more: Partial<Service> = {}): void {
    this.engine.services.looked({ id: idOf(name), restarts: 0, happened: [exited], asked: null });
    this.seen(name, { state: "failed", reason: "exit 1", since: new Date(this.wall).toISOString(), ...more });
  }

  runs(name: string): void {
    this.seen(name, { state: "running", reason: null, since: new Date(this.wall).toISOString() });
  }

  /** So many crashes that only its supervisor has counted. */
  crashes(name: string, times: number): void {
    const happened = [{ ...exited, kind: "restarted" as const, count: times }];
    this.engine.services.looked({ id: idOf(name), restarts: times, happened, asked: null });
    this.seen(name, { state: "restarting", reason: "exit 1" });
  }

  removes(name: string): void {
    this.#services.delete(idOf(name));
    this.engine.services.gone(idOf(name));
  }

  needs(name: string, other: string): void {
    this.#needs.set(idOf(name), new Set([...(this.#needs.get(idOf(name)) ?? []), idOf(other)]));
  }

  supervisor(more: Partial<Supervisor> = {}): Supervisor {
    return {
      ...{ id: "local/docker", kind: "docker", scope: "docker", available: this.isReady, version: null },
      ...{ channel: null, error: null, total: this.#services.size, others: 0, ...more },
    };
  }

  get all(): StoredIncident[] {
    return [...this.rows.values()];
  }

  services(): Service[] {
    return [...this.#services.values()];
  }

  open(): StoredIncident[] {
    return this.all.filter(({ endedAt }) => endedAt === null);
  }

  #made(): Engine {
    return new Engine({
      clock: { now: () => this.wall, mono: () => this.mono },
      board: {
        services: () => this.services(),
        service: (id) => this.#services.get(id) ?? null,
        supervisors: () => [this.supervisor()],
        isHeldStill: (id) => this.heldStill.has(id),
      },
      relations: {
        needs: (service, other) => this.#needs.get(service)?.has(other) ?? false,
        named: (service) => this.named.get(service) ?? null,
      },
      rules: async () => this.rules,
      mutes: async () => this.mutes,
      write: async (incidents) => {
        for (const { id, ...row } of incidents) this.rows.set(id, structuredClone({ id, ...row }));
      },
      publish: (alert) => this.published.push(alert),
      tell: async (message) => {
        if (this.untold === null) this.told.push(message);
        return this.untold;
      },
      isExplained: (service) => !this.unexplained.has(service),
      lookAgain: () => undefined,
      place: { host: "hel-1", base: "https://trihelm.example" },
    });
  }
}

/** A started one for each test of a file, stopped after it. */
export function eachStarted(use: (rig: AlertsRig) => void): void {
  let rig: AlertsRig;
  beforeEach(async () => {
    rig = new AlertsRig();
    use(rig);
    await rig.start();
  });
  afterEach(() => rig.engine.stop());
}

export const idOf = (name: string) => `local/docker/${name}`;

const exited = {
  ...{ at: "", kind: "exited" as const, count: 1, code: 1, signal: null, oomKilled: false, by: null },
  ...{ reason: null, detail: null, missed: false },
};

function serviceOf(name: string): Service {
  return {
    ...{ id: idOf(name), host: "local", scope: "docker", name, supervisor: "docker", title: name, group: null },
    ...{ state: "running", nativeState: "Up", health: "none", since: null, restarts: 0, lastExit: null },
    ...{ instances: [], cpu: null, memory: null, ports: [], startsAtBoot: null, source: "", protected: false },
    restartPolicy: { policy: "no", delay: null, limit: null, window: null },
    ...{ actions: [], listed: true, pinned: false, tag: null, reason: null, dependents: [], pending: null },
    ...{ code: null, stale: null },
  };
}
