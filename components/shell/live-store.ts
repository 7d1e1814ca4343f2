/** What this tab knows of the server: the first snapshot, kept current by events. One listener set per key. */
import type { Alert } from "#lib/alerts/shapes.ts";
import type { HostReading, LiveEvents, Need, Service, Supervisor, UsageDelta } from "#lib/services/service.ts";
import { OpenAlerts } from "./open-alerts.ts";

export type LiveEvent = { [Name in keyof LiveEvents]: { event: Name; data: LiveEvents[Name] } }[keyof LiveEvents];

/** What may be listened to. `services` changes with any service but not with figures. */
export type LiveKey =
  | `service:${string}`
  | `sparks:${string}`
  | "services"
  | "supervisors"
  | "needs"
  | "host"
  | "alerts";

export type Pending = NonNullable<Service["pending"]>;

const MINUTE = 60_000;
const SPARK_POINTS = 60;

export class LiveStore {
  #services = new Map<string, Service>();
  #asked = new Map<string, Pending>();
  #shown = new Map<string, Service>();
  #list: Service[] = [];
  #supervisors: Supervisor[] = [];
  #needs: Need[] = [];
  #host: HostReading | null = null;
  #sparks = new Map<string, readonly number[]>();
  #sparkMinute = 0;
  #alerts = new OpenAlerts();
  #listeners = new Map<LiveKey, Set<() => void>>();
  #changed = new Set<LiveKey>();

  constructor(first: LiveEvents["snapshot"], alerts: readonly Alert[] = []) {
    this.#alerts.take(alerts, 0);
    this.#takeSnapshot(first);
    this.#changed.clear();
  }

  service(id: string): Service | null {
    return this.#shown.get(id) ?? null;
  }
  services(): readonly Service[] {
    return this.#list;
  }
  supervisors(): readonly Supervisor[] {
    return this.#supervisors;
  }
  needs(): readonly Need[] {
    return this.#needs;
  }
  host(): HostReading | null {
    return this.#host;
  }
  sparks(id: string): readonly number[] {
    return this.#sparks.get(id) ?? NONE;
  }
  /** that are open or acknowledged, newest first */
  alerts(): readonly Alert[] {
    return this.#alerts.list();
  }
  /** where the events of alerts stand, for `takeAlerts` */
  get alertTurn(): number {
    return this.#alerts.turn;
  }

  subscribe(key: LiveKey, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  /** Takes in events that came together; everybody concerned hears of them once. */
  apply(events: readonly LiveEvent[]): void {
    for (const event of events) this.#take(event);
    this.#publish();
  }

  /** Shows an action as under way before the server has said so; null when its answer is there. */
  setAsked(id: string, pending: Pending | null): void {
    if (pending) this.#asked.set(id, pending);
    else this.#asked.delete(id);
    this.#show(id);
    this.#relist();
    this.#publish();
  }

  /** Puts an answered service in at once, without waiting for the event that carries the same. */
  put(service: Service): void {
    this.apply([{ event: "service", data: service }]);
  }

  /** Puts in the open alerts that were asked for at `turn`. */
  takeAlerts(alerts: readonly Alert[], turn: number): void {
    this.#alerts.take(alerts, turn);
    this.#changed.add("alerts");
    this.#publish();
  }

  #take({ event, data }: LiveEvent): void {
    switch (event) {
      case "snapshot":
        this.#takeSnapshot(data);
        break;
      case "service":
        this.#takeService(data);
        break;
      case "gone":
        if (this.#services.delete(data.id)) this.#show(data.id);
        this.#relist();
        break;
      case "supervisor":
        this.#supervisors = this.#supervisors.some((known) => known.id === data.id)
          ? this.#supervisors.map((known) => (known.id === data.id ? data : known))
          : [...this.#supervisors, data];
        this.#changed.add("supervisors");
        break;
      case "usage":
        this.#takeUsage(data.at, data.items);
        break;
      case "host":
        this.#host = data;
        this.#changed.add("host");
        break;
      case "needs":
        this.#needs = data.items;
        this.#changed.add("needs");
        break;
      case "alert":
        this.#alerts.hear(data);
        this.#changed.add("alerts");
    }
  }

  #takeSnapshot(data: LiveEvents["snapshot"]): void {
    const before = this.#services;
    this.#services = new Map(data.items.map((service) => [service.id, service]));
    for (const [id, service] of this.#services) {
      const known = before.get(id);
      if (known && JSON.stringify(known) === JSON.stringify(service)) this.#services.set(id, known);
      else this.#show(id);
    }
    for (const id of before.keys()) if (!this.#services.has(id)) this.#show(id);
    this.#supervisors = data.supervisors;
    this.#needs = data.needs;
    this.#host = data.host;
    this.#sparks = new Map(Object.entries(data.sparks));
    this.#sparkMinute = Math.floor(Date.parse(data.generatedAt) / MINUTE);
    for (const id of this.#services.keys()) this.#changed.add(`sparks:${id}`);
    for (const key of ["supervisors", "needs", "host"] as const) this.#changed.add(key);
    this.#relist();
  }

  #takeService(service: Service): void {
    this.#services.set(service.id, service);
    this.#show(service.id);
    this.#relist();
  }

  #takeUsage(at: string, items: readonly UsageDelta[]): void {
    for (const item of items) {
      const known = this.#services.get(item.id);
      if (!known) continue;
      this.#services.set(item.id, withFigures(known, item));
      this.#show(item.id);
    }
    this.#moveSparks(Math.floor(Date.parse(at) / MINUTE), items);
  }

  /** A new minute adds a point to every line; within a minute only the last point of what changed moves. */
  #moveSparks(minute: number, items: readonly UsageDelta[]): void {
    const isNext = minute > this.#sparkMinute;
    this.#sparkMinute = Math.max(minute, this.#sparkMinute);
    const ids = isNext ? this.#services.keys() : items.map((item) => item.id);
    for (const id of ids) {
      const cpu = this.#services.get(id)?.cpu ?? null;
      const known = this.#sparks.get(id);
      if (cpu === null || (!known && !isNext)) continue;
      const kept = known ?? NONE;
      this.#sparks.set(id, [...(isNext ? kept.slice(1 - SPARK_POINTS) : kept.slice(0, -1)), cpu]);
      this.#changed.add(`sparks:${id}`);
    }
  }

  #show(id: string): void {
    const service = this.#services.get(id);
    const asked = this.#asked.get(id);
    if (!service) this.#shown.delete(id);
    else this.#shown.set(id, asked && !service.pending ? { ...service, pending: asked } : service);
    this.#changed.add(`service:${id}`);
  }

  #relist(): void {
    this.#list = [...this.#shown.values()];
    this.#changed.add("services");
  }

  #publish(): void {
    const keys = [...this.#changed];
    this.#changed.clear();
    for (const key of keys) for (const listener of [...(this.#listeners.get(key) ?? [])]) listener();
  }
}

const NONE: readonly number[] = [];

function withFigures(service: Service, { cpu, memory, instances }: UsageDelta): Service {
  return {
    ...service,
    cpu,
    memory,
    instances: service.instances.map((instance) => {
      // a single instance is not sent apart: its figures are the service's
      const delta =
        service.instances.length === 1
          ? { cpu, memory: memory?.used ?? null }
          : instances.find((item) => item.id === instance.id);
      return delta ? { ...instance, cpu: delta.cpu, memory: delta.memory } : instance;
    }),
  };
}
