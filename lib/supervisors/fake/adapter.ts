/**
 * A supervisor in memory that keeps the contract: states change through `act`, `watch` tells, logs replay and follow.
 * What a real daemon does by itself (crashing, going away, refusing, being slow) is done to it through `FakeControls`.
 */
import { type Channel, channel } from "#lib/platform/channel.ts";
import { sleep, timestamp } from "#lib/platform/clock.ts";
import type { BootSource } from "../boot.ts";
import type { SocketOwner } from "../port-owners.ts";
import {
  type ActOptions,
  type Change,
  type Inspection,
  type LastExit,
  type MarkSource,
  type Probe,
  type ServiceAction,
  type ServiceRecord,
  type ServiceState,
  type Supervisor,
  SupervisorError,
  type SupervisorErrorCode,
  type SupervisorKind,
  type TimedMark,
  type UsageSource,
} from "../supervisor.ts";
import type { TrafficSource } from "../traffic.ts";
import { fakeClaims, fakeConcerns, fakeTraffic } from "./host-side.ts";
import { createLogbook, type Logbook } from "./logbook.ts";
import { actionsIn, completeRecord, nativeWord, type Sketch, SUPPORTED } from "./record.ts";
import { createMeter, type Load } from "./usage.ts";

export interface FakeOptions {
  host: string;
  scope: string;
  kind: SupervisorKind;
  records?: readonly Sketch[];
  version?: string;
  channel?: string;
}

export interface FakeControls {
  /** every call of `act` that was accepted, oldest first */
  readonly calls: { name: string; action: ServiceAction; options: ActOptions }[];
  add(sketch: Sketch, more?: { load?: Load; detail?: Partial<Inspection> }): void;
  remove(name: string): void;
  /** Changes a record as if the daemon had: `actions`, `nativeState` and `since` follow `state` where not given. */
  set(name: string, change: Partial<ServiceRecord>): void;
  /** It ends by itself: started again where its policy says so, else failed. */
  crash(name: string, exit?: Partial<LastExit>): void;
  print: (name: string, ...line: Parameters<Logbook["print"]>) => void;
  load(name: string, load: Load): void;
  down(probe?: Exclude<Probe, { status: "ready" }>): void;
  up(): void;
  /** milliseconds that every action takes from now on */
  delay(milliseconds: number): void;
  /** Every action on the name fails like this, until called with null. */
  refuse(name: string, failure: { reason: SupervisorErrorCode; message: string; retryAfter?: number } | null): void;
}

export type FakeSupervisor = Supervisor &
  UsageSource &
  MarkSource &
  BootSource &
  SocketOwner &
  TrafficSource &
  FakeControls;

const EMPTY: Inspection = {
  native: {},
  environment: [],
  command: [],
  workingDirectory: null,
  user: null,
  mounts: [],
  networks: [],
  files: [],
  facts: [],
};

const MARKS: Partial<Record<ServiceState, TimedMark["kind"]>> = {
  running: "started",
  stopped: "exited",
  failed: "failed",
};

const GONE: Exclude<Probe, { status: "ready" }> = {
  status: "absent",
  detail: "connect ENOENT /run/fake.sock",
  hint: "Start the daemon; Trihelm finds it by itself.",
  command: "sudo systemctl start fake",
};

/** Makes one; it lives until dropped, with no timer and no descriptor of its own. */
export function createFake(options: FakeOptions): FakeSupervisor {
  const { host, scope, kind } = options;
  const records = new Map<string, ServiceRecord>();
  const details = new Map<string, Partial<Inspection>>();
  const logbooks = new Map<string, Logbook>();
  const refusals = new Map<string, { reason: SupervisorErrorCode; message: string; retryAfter?: number }>();
  const watchers = new Set<Channel<Change>>();
  const calls: FakeControls["calls"] = [];
  const meter = createMeter();
  let away: Exclude<Probe, { status: "ready" }> | null = null;
  let wait = 0;
  let nextPid = 20_000;

  const emit = (change: Change) => {
    for (const watcher of watchers) watcher.push(structuredClone(change));
  };
  const all = () => structuredClone([...records.values()]);
  const reach = () => {
    if (away)
      throw new SupervisorError(
        away.status === "denied" ? "denied" : "unreachable",
        `${scope} is away: ${away.detail}`,
      );
  };
  const find = (name: string) => {
    if (!isName(name)) throw new SupervisorError("invalid_name", "This is not a name that a service can have.");
    const record = records.get(name);
    if (!record) throw new SupervisorError("not_found", `${scope} has no ${name}.`);
    return record;
  };
  const book = (name: string) => {
    const known = logbooks.get(name) ?? createLogbook();
    logbooks.set(name, known);
    return known;
  };
  const marks = new Map<string, TimedMark[]>();
  const set = (name: string, change: Partial<ServiceRecord>) => {
    const state = change.state ?? find(name).state;
    const became = change.state && change.state !== find(name).state ? MARKS[change.state] : undefined;
    const mark = became && { time: timestamp(), kind: became, code: null, signal: null };
    if (mark) marks.set(name, [...(marks.get(name) ?? []), mark]);
    const follows = change.state
      ? { nativeState: nativeWord(kind, state), since: timestamp(), actions: actionsIn(state, kind), reason: null }
      : {};
    const record = { ...find(name), ...follows, ...structuredClone(change) };
    records.set(name, record);
    if (!away) emit({ type: "changed", record });
  };
  const begin = (name: string, restarts: number) => {
    const since = timestamp();
    const count = Math.max(1, find(name).instances.length);
    const state = nativeWord(kind, "running");
    const instances = Array.from({ length: count }, (_, at) => {
      nextPid += 1;
      return { id: find(name).instances[at]?.id ?? String(at), pid: nextPid, state, restarts, since };
    });
    set(name, { state: "running", since, instances, restarts });
    book(name).print(`ready ${name}`);
  };
  const end = (name: string, change: Partial<ServiceRecord> & Pick<ServiceRecord, "state">) =>
    set(name, {
      instances: find(name).instances.map((one) => ({ ...one, pid: null, state: nativeWord(kind, change.state) })),
      ...change,
    });
  const crash = (name: string, exit: Partial<LastExit> = {}) => {
    const lastExit = { code: null, signal: null, oomKilled: false, at: timestamp(), ...exit };
    const { restartPolicy, restarts } = find(name);
    if (restartPolicy.policy === "no") return end(name, { state: "failed", lastExit, reason: wordsOf(lastExit) });
    end(name, { state: "restarting", lastExit, reason: wordsOf(lastExit) });
    begin(name, restarts + 1);
  };

  const perform: Record<ServiceAction, (name: string, how: ActOptions) => Promise<void> | void> = {
    start: async (name) => {
      if (find(name).state === "running") return;
      set(name, { state: "starting" });
      await sleep(wait);
      begin(name, 0);
    },
    stop: async (name) => {
      if (find(name).state === "stopped") return;
      set(name, { state: "stopping" });
      await sleep(wait);
      end(name, { state: "stopped", lastExit: { code: 0, signal: null, oomKilled: false, at: timestamp() } });
    },
    restart: async (name) => {
      set(name, { state: "stopping" });
      await sleep(wait);
      begin(name, 0);
    },
    reload: async (name) => {
      await sleep(wait);
      book(name).print(`reloaded ${name}`);
    },
    kill: async (name, how) => {
      await sleep(wait);
      crash(name, { signal: how.signal ?? "SIGKILL" });
    },
    pause: (name) => set(name, { state: "paused" }),
    unpause: (name) => set(name, { state: "running" }),
  };

  const add: FakeControls["add"] = (sketch, more = {}) => {
    const record = completeRecord(structuredClone(sketch), kind);
    records.set(record.name, record);
    if (more.load) meter.set(record.name, more.load);
    if (more.detail) details.set(record.name, more.detail);
    if (!away) emit({ type: "changed", record });
  };
  for (const sketch of options.records ?? []) add(sketch);

  return {
    host,
    scope,
    kind,
    calls,
    async probe() {
      return away ?? { status: "ready", version: options.version ?? "1.0", channel: options.channel ?? "memory" };
    },
    async list() {
      reach();
      return all();
    },
    async act(name, action, how) {
      reach();
      const record = find(name);
      const refusal = refusals.get(name);
      if (refusal) throw new SupervisorError(refusal.reason, refusal.message, refusal);
      const already =
        (action === "start" && record.state === "running") || (action === "stop" && record.state === "stopped");
      if (!already && !record.actions.includes(action))
        throw new SupervisorError(
          "unsupported",
          `${scope} does not ${action} ${name} while it is ${record.nativeState}.`,
        );
      calls.push({ name, action, options: how });
      const done = perform[action](name, how);
      if (!how.detached) await done;
    },
    async *logs(name, query, signal) {
      reach();
      find(name);
      yield* book(name).read(query, signal);
    },
    async marks(name) {
      find(name);
      return marks.get(name) ?? [];
    },
    async *watch(signal) {
      const changes = channel<Change>(signal);
      changes.push(away ? { type: "down", probe: away } : { type: "reset", records: all() });
      watchers.add(changes);
      try {
        yield* changes;
      } finally {
        watchers.delete(changes);
      }
    },
    async inspect(name) {
      reach();
      const { restartPolicy, source, nativeState, instances } = find(name);
      const detail = { ...EMPTY, ...details.get(name) };
      const native = { Name: name, Status: nativeState, Source: source, RestartPolicy: restartPolicy.policy };
      const facts = [
        { label: "Source", value: source },
        { label: "Status", value: nativeState },
        { label: "Processes", value: instances.map((one) => one.pid ?? "none").join(", ") },
      ];
      return structuredClone({
        ...detail,
        native: { ...native, ...detail.native },
        facts: detail.facts.length > 0 ? detail.facts : facts,
      });
    },
    async usage(wanted) {
      reach();
      return meter.read(wanted.flatMap(({ name }) => records.get(name) ?? []));
    },
    bootedBy: null,
    bootConcerns: async (some) => fakeConcerns(some, kind),
    claimSockets: async (sockets, some) => fakeClaims(sockets, some),
    traffic: (some) => fakeTraffic(some, kind),
    close() {
      for (const watcher of watchers) watcher.close();
    },
    add,
    remove(name) {
      records.delete(name);
      if (!away) emit({ type: "gone", name });
    },
    set,
    crash,
    print: (name, ...line) => book(name).print(...line),
    load: (name, load) => meter.set(name, load),
    down(probe = GONE) {
      away = probe;
      emit({ type: "down", probe });
    },
    up() {
      away = null;
      emit({ type: "reset", records: all() });
    },
    delay(milliseconds) {
      wait = milliseconds;
    },
    refuse(name, failure) {
      if (failure) refusals.set(name, failure);
      else refusals.delete(name);
    },
  };
}

/** What kinds of actions a fake of this kind has at all. */
export function supportedBy(kind: SupervisorKind): readonly ServiceAction[] {
  return SUPPORTED[kind];
}

/** Nearly anything, as with PM2; what argv, a path or a terminal could trip over is refused. */
function isName(name: string): boolean {
  return name.length > 0 && name.length <= 256 && !name.startsWith("-") && !/[\p{Cc}/]/u.test(name);
}

function wordsOf(exit: LastExit): string {
  if (exit.oomKilled) return "Killed at its memory limit.";
  return exit.signal ? `Ended by ${exit.signal}.` : `Exit ${exit.code ?? 1}.`;
}
