/**
 * The board in memory: what every supervisor last said, with figures, marks and actions under way. Reads are answered
 * from here and cost no call to any daemon; every difference goes out on the bus once.
 */
import { type Bus, bus } from "#lib/events/bus.ts";
import { decoded } from "#lib/format/decoded.ts";
import { engineAge } from "#lib/format/engine-age.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Change, Probe, ServiceRecord, Supervisor as Source } from "#lib/supervisors/supervisor.ts";
import { compare, seenOf } from "./events/compare.ts";
import { type Figures, sameFigures } from "./figures.ts";
import { History } from "./history.ts";
import { serviceId } from "./id.ts";
import { needsOf } from "./needs.ts";
import type { Need, Service, Supervisor } from "./service.ts";

export interface Mark {
  pinned: boolean;
  protected: boolean;
}

type Pending = NonNullable<Service["pending"]>;

/** A look at one service, as its supervisor told it. */
export interface Look {
  id: string;
  kind: Source["kind"];
  record: ServiceRecord;
  /** the action that somebody asked for here, now or a moment ago */
  asked: Pending | null;
}
type ShownCode = NonNullable<Service["code"]>;

/** What checks say of a service's health; `since`: of its state, in milliseconds since the epoch. Null: nothing. */
export type ChecksSay = (id: string, since: number | null) => Pick<ServiceRecord, "health" | "reason"> | null;

interface Scope {
  source: Source;
  probe: Probe | null;
  /** when the daemon was last known to answer, null: it never did */
  readAt: string | null;
  since: string;
  records: Map<string, ServiceRecord>;
}

/** milliseconds */
const NEEDS_AFTER = 100;
/** for so long what a supervisor tells is taken as what came of an action */
const ASKED = 5000;

export class Snapshot {
  readonly history = new History();
  #bus: Bus;
  #scopes = new Map<string, Scope>();
  #figures = new Map<string, Figures>();
  #marks = new Map<string, Mark>();
  #pending = new Map<string, Pending>();
  #codes = new Map<string, ShownCode>();
  #built = new Map<string, Service>();
  #needs = "[]";
  #needsDue: NodeJS.Timeout | null = null;
  #asked = new Map<string, { pending: Pending; until: number }>();
  #looks = new Set<(look: Look) => void>();
  /** each service as it was looked at last: what its supervisor said, with the health that checks give it */
  #looked = new Map<string, ServiceRecord>();
  #checks: ChecksSay = () => null;

  constructor(events: Bus = bus()) {
    this.#bus = events;
  }

  /** Adds a supervisor, with nothing known of it yet. */
  add(source: Source): void {
    const id = `${source.host}/${source.scope}`;
    if (!this.#scopes.has(id))
      this.#scopes.set(id, { source, probe: null, readAt: null, since: timestamp(), records: new Map() });
  }

  /** Takes in what a watch or a list said. */
  apply(source: Source, change: Change): void {
    const scope = this.#scopes.get(`${source.host}/${source.scope}`);
    if (!scope) return;
    if (change.type === "down") this.#down(scope, change.probe);
    else {
      if (change.type === "reset") this.#reset(scope, change.records);
      if (change.type === "changed") this.#put(scope, change.record);
      if (change.type === "gone") this.#remove(scope, change.name);
    }
    this.#needsSoon();
  }

  /** What `probe` said when nothing else changed: the version after an upgrade, say. */
  probed(source: Source, probe: Probe): void {
    const scope = this.#scopes.get(`${source.host}/${source.scope}`);
    if (!scope || probe.status !== "ready") return;
    const before = JSON.stringify(this.#supervisor(scope));
    scope.probe = probe;
    if (JSON.stringify(this.#supervisor(scope)) !== before) this.#tellSupervisor(scope);
  }

  /** Are they others than before? */
  setFigures(id: string, figures: Figures): boolean {
    if (sameFigures(this.#figures.get(id), figures)) return false;
    this.#figures.set(id, figures);
    this.#built.delete(id);
    return true;
  }

  setMark(id: string, mark: Mark): void {
    this.#marks.set(id, mark);
    this.#tell(id);
  }

  /** Told of every look that differs from the one before, and of the first. */
  onLook(listener: (look: Look) => void): void {
    this.#looks.add(listener);
  }

  /** Who is asked what checks say. Before the first look, so that nothing of it is news. */
  useChecks(say: ChecksSay): void {
    this.#checks = say;
  }

  /** Checks may say something else of this service now. */
  refreshHealth(id: string): void {
    const found = this.find(id);
    const before = this.#looked.get(id);
    if (!found || !before) return;
    const { health, reason } = this.#withChecks(id, found.record);
    if (health === before.health && reason === before.reason) return;
    this.#look(found.scope, id, found.record);
    this.#tell(id);
    this.#needsSoon();
  }

  setPending(id: string, pending: Pending | null): void {
    const before = this.#pending.get(id);
    if (pending) this.#pending.set(id, pending);
    else this.#pending.delete(id);
    if (before && !pending) this.#asked.set(id, { pending: before, until: performance.now() + ASKED });
    this.#tell(id);
    this.#needsSoon();
  }

  /** It shows a code that waits for a person; null: it does not. */
  setCode(id: string, code: ShownCode | null): void {
    if (JSON.stringify(this.#codes.get(id) ?? null) === JSON.stringify(code)) return;
    if (code) this.#codes.set(id, code);
    else this.#codes.delete(id);
    this.#tell(id);
    this.#needsSoon();
  }

  pending(id: string): Pending | null {
    return this.#pending.get(id) ?? null;
  }

  services(): Service[] {
    const all: Service[] = [];
    for (const scope of this.#scopes.values())
      for (const name of scope.records.keys()) all.push(this.#service(scope, name));
    return all;
  }

  service(id: string): Service | null {
    const found = this.find(id);
    return found ? this.#service(found.scope, found.record.name) : null;
  }

  supervisors(): Supervisor[] {
    return [...this.#scopes.values()].map((scope) => this.#supervisor(scope));
  }

  needs(): Need[] {
    return needsOf(this.services(), this.history);
  }

  /** Tells what waits for a person, where that differs from what was told last; its words hold durations. */
  refreshNeeds(): void {
    const needs = this.needs();
    const text = JSON.stringify(needs);
    if (text === this.#needs) return;
    this.#needs = text;
    this.#bus.publish("needs", { items: needs });
  }

  /** The adapter and the record behind an id. */
  find(id: string): { scope: Scope; source: Source; record: ServiceRecord } | null {
    const [host, name] = [id.slice(0, id.lastIndexOf("/")), id.slice(id.lastIndexOf("/") + 1)];
    const scope = this.#scopes.get(decoded(host));
    const record = scope?.records.get(decoded(name));
    return scope && record ? { scope, source: scope.source, record } : null;
  }

  /** Every supervisor with its records, for the sampler. */
  sources(): { source: Source; records: ServiceRecord[] }[] {
    return [...this.#scopes.values()].map(({ source, records }) => ({ source, records: [...records.values()] }));
  }

  /** Looked at once for a burst of changes: it reads every service. */
  #needsSoon(): void {
    this.#needsDue ??= setTimeout(() => {
      this.#needsDue = null;
      this.refreshNeeds();
    }, NEEDS_AFTER).unref();
  }

  #down(scope: Scope, probe: Probe): void {
    if (scope.probe?.status !== probe.status || scope.probe === null) scope.since = timestamp();
    scope.probe = probe;
    for (const name of scope.records.keys()) this.#tell(this.#id(scope, name));
    this.#tellSupervisor(scope);
  }

  #reset(scope: Scope, records: ServiceRecord[]): void {
    const wasReady = scope.probe?.status === "ready";
    const wasStale = !wasReady && scope.readAt !== null;
    scope.readAt = timestamp();
    if (!wasReady) scope.probe = { status: "ready", version: null, channel: "" };
    const names = new Set(records.map((record) => record.name));
    for (const name of [...scope.records.keys()]) if (!names.has(name)) this.#remove(scope, name);
    for (const record of records) this.#put(scope, record, wasStale);
    this.#tellSupervisor(scope);
  }

  #put(scope: Scope, record: ServiceRecord, always = false): void {
    const id = this.#id(scope, record.name);
    const before = scope.records.get(record.name);
    if (!always && before && JSON.stringify(before) === JSON.stringify(record)) return;
    scope.records.set(record.name, record);
    scope.readAt = timestamp();
    this.#look(scope, id, record);
    this.#tell(id);
    if (!before && scope.probe) this.#tellSupervisor(scope);
  }

  #look(scope: Scope, id: string, told: ServiceRecord): void {
    const record = this.#withChecks(id, told);
    const { kind } = scope.source;
    const [before, asked] = [this.#looked.get(id), this.#askedOf(id)];
    if (before) {
      const now = seenOf(record, kind);
      const how = { at: timestamp(), asked, missed: false };
      this.history.note(id, compare(seenOf(before, kind), { record, now }, how), record.state);
    }
    this.#looked.set(id, record);
    for (const listener of this.#looks) listener({ id, kind, record, asked });
  }

  /** A check that fails makes it unhealthy, whatever its supervisor thinks; other checks speak where that says nothing. */
  #withChecks(id: string, record: ServiceRecord): ServiceRecord {
    if (record.state !== "running" || record.health === "unhealthy") return record;
    const said = this.#checks(id, record.since === null ? null : Date.parse(record.since));
    if (said?.health === "unhealthy") return { ...record, health: said.health, reason: said.reason };
    return said && record.health === "none" ? { ...record, health: said.health } : record;
  }

  #askedOf(id: string): Pending | null {
    const asked = this.#asked.get(id);
    if (asked && asked.until < performance.now()) this.#asked.delete(id);
    return this.#pending.get(id) ?? this.#asked.get(id)?.pending ?? null;
  }

  #remove(scope: Scope, name: string): void {
    if (!scope.records.delete(name)) return;
    const id = this.#id(scope, name);
    this.#figures.delete(id);
    this.#built.delete(id);
    this.#codes.delete(id);
    this.#looked.delete(id);
    this.history.forget(id);
    this.#bus.publish("gone", { id });
  }

  #id(scope: Scope, name: string): string {
    return serviceId(scope.source.host, scope.source.scope, name);
  }

  #tell(id: string): void {
    this.#built.delete(id);
    const service = this.service(id);
    if (service) this.#bus.publish("service", service);
  }

  #tellSupervisor(scope: Scope): void {
    this.#bus.publish("supervisor", this.#supervisor(scope));
  }

  #service(scope: Scope, name: string): Service {
    const id = this.#id(scope, name);
    const known = this.#built.get(id);
    if (known) return aged(known);
    const built = build(scope, this.#looked.get(id) ?? scope.records.get(name)!, {
      id,
      figures: this.#figures.get(id),
      mark: this.#marks.get(id),
      pending: this.#pending.get(id) ?? null,
      code: this.#codes.get(id),
    });
    this.#built.set(id, built);
    return aged(built);
  }

  #supervisor(scope: Scope): Supervisor {
    const { source, probe } = scope;
    const records = [...scope.records.values()];
    const ready = probe?.status === "ready";
    return {
      id: `${source.host}/${source.scope}`,
      kind: source.kind,
      scope: source.scope,
      available: ready,
      version: ready ? probe.version : null,
      channel: ready ? probe.channel || null : null,
      error:
        probe === null || ready
          ? null
          : {
              code: scope.readAt !== null && probe.status === "absent" ? "unreachable" : probe.status,
              detail: probe.detail,
              hint: probe.hint,
              command: probe.command,
              since: scope.since,
            },
      total: records.length,
      others: records.filter((record) => !record.listed).length,
    };
  }
}

/** The board of this process. */
export function snapshot(): Snapshot {
  return singleton("snapshot", () => new Snapshot());
}

function build(
  scope: Scope,
  record: ServiceRecord,
  extra: {
    id: string;
    figures: Figures | undefined;
    mark: Mark | undefined;
    pending: Pending | null;
    code: ShownCode | undefined;
  },
): Service {
  const { source } = scope;
  const { memoryLimit, instances, addresses: _, dependents, ...plain } = record;
  const stale = scope.probe !== null && scope.probe.status !== "ready" ? scope.readAt : null;
  return {
    id: extra.id,
    host: source.host,
    scope: source.scope,
    supervisor: source.kind,
    ...plain,
    instances: instances.map((instance) => ({
      ...instance,
      cpu: extra.figures?.instances.get(instance.id)?.cpu ?? null,
      memory: extra.figures?.instances.get(instance.id)?.memory ?? null,
    })),
    cpu: extra.figures?.cpu ?? null,
    memory: memoryOf(record, extra.figures?.memory ?? null),
    dependents: dependents.map((name) => serviceId(source.host, source.scope, name)),
    protected: extra.mark?.protected ?? false,
    pinned: extra.mark?.pinned ?? false,
    actions: stale ? [] : record.actions,
    pending: extra.pending,
    code: extra.code ?? null,
    stale,
  };
}

/** Null while what it uses is not known; what has no process uses nothing, and its limit is still worth showing. */
function memoryOf({ state, memoryLimit }: ServiceRecord, used: number | null): Service["memory"] {
  if (used !== null) return { used, limit: memoryLimit };
  const idle = state === "stopped" || state === "failed" || state === "restarting";
  return idle && memoryLimit !== null ? { used: 0, limit: memoryLimit } : null;
}

/** The supervisor's words with their age as of now. */
function aged(service: Service): Service {
  if (!service.nativeState.includes("{age}")) return service;
  const seconds = service.since === null ? 0 : (Date.now() - Date.parse(service.since)) / 1000;
  return { ...service, nativeState: service.nativeState.replace("{age}", engineAge(seconds)) };
}
