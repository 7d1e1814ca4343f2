/** The host itself: CPU, memory, disk, load and network, read from `/proc` by hand because it is read all the time. */
import fs from "node:fs";
import os from "node:os";
import { bus } from "#lib/events/bus.ts";
import { nextReading } from "#lib/events/pace.ts";
import { diskBytes } from "#lib/platform/disks.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { type OsFacts, readOsFacts } from "./os-facts.ts";
import { busyAndTotal, memoryOf, networkBytes } from "./parse-proc.ts";

/** Shares its shape with the pages' `HostReading`; see there for units. */
export interface HostState {
  name: string;
  os: string | null;
  cores: number;
  uptime: number | null;
  rebootDue: boolean;
  cpu: number | null;
  memory: { used: number; total: number } | null;
  disk: { used: number; total: number; path: string } | null;
  load: [number, number, number] | null;
  network: { in: number; out: number } | null;
  /** bytes a second over all disks */
  io: { read: number; write: number } | null;
  recent: { step: number; cpu: number[]; memory: number[]; load: number[]; network: number[] };
}

const STEP = 60;
const KEPT = 60;

interface Counters {
  at: number;
  busy: number;
  total: number;
  received: number;
  sent: number;
  read: number | null;
  written: number | null;
}

class HostReader {
  state: HostState = {
    name: os.hostname(),
    os: null,
    cores: os.availableParallelism(),
    uptime: null,
    rebootDue: false,
    cpu: null,
    memory: null,
    disk: null,
    load: null,
    network: null,
    io: null,
    recent: { step: STEP, cpu: [], memory: [], load: [], network: [] },
  };
  #last: Counters | null = null;
  #minute: Counters | null = null;

  /** One reading; what cannot be read (off Linux, in a locked-down container) stays null. */
  read(facts: OsFacts): HostState {
    const now = counters();
    const disk = diskOf(env().dataDir);
    this.state = {
      ...this.state,
      name: os.hostname(),
      os: facts.name,
      rebootDue: facts.rebootDue,
      uptime: Math.floor(os.uptime()),
      memory: memoryOf(text("/proc/meminfo")),
      load:
        os.platform() === "win32"
          ? null
          : (os.loadavg().map((n) => Math.round(n * 100) / 100) as [number, number, number]),
      disk,
      cpu: now && this.#last ? share(this.#last, now) : this.state.cpu,
      network: now && this.#last ? speed(this.#last, now) : this.state.network,
      io: now && this.#last ? diskSpeed(this.#last, now) : this.state.io,
    };
    if (now) this.#closeMinute(now);
    this.#last = now;
    return this.state;
  }

  #closeMinute(now: Counters): void {
    const from = this.#minute;
    if (from && now.at - from.at < STEP * 1000) return;
    this.#minute = now;
    if (!from) return;
    const { recent, memory, load } = this.state;
    const net = speed(from, now);
    const push = (values: number[], value: number | null | undefined) => [...values, value ?? 0].slice(-KEPT);
    this.state.recent = {
      step: STEP,
      cpu: push(recent.cpu, share(from, now)),
      memory: push(recent.memory, memory && memory.used / memory.total),
      load: push(recent.load, load?.[0]),
      network: push(recent.network, net && net.in + net.out),
    };
  }
}

const reader = () => singleton("host", () => new HostReader());

/** The last reading; null before the first. */
export function readHost(): HostState | null {
  return reader().state.uptime === null ? null : reader().state;
}

/** Reads until the signal aborts: often while somebody looks, seldom otherwise. */
export async function readHostForever(signal: AbortSignal): Promise<void> {
  let facts = await readOsFacts();
  let factsAt = performance.now();
  while (!signal.aborted) {
    if (performance.now() - factsAt > 600_000) {
      facts = await readOsFacts();
      factsAt = performance.now();
    }
    const state = reader().read(facts);
    if (bus().listeners > 0) bus().publish("host", state, { keep: false });
    await nextReading(signal);
  }
}

function counters(): Counters | null {
  const cpu = busyAndTotal(text("/proc/stat"));
  const net = networkBytes(text("/proc/net/dev"));
  const io = diskBytes();
  return cpu && { at: performance.now(), ...cpu, ...net, read: io?.read ?? null, written: io?.written ?? null };
}

function share(from: Counters, to: Counters): number | null {
  const total = to.total - from.total;
  return total > 0 ? Math.round(((to.busy - from.busy) / total) * 1000) / 1000 : null;
}

function speed(from: Counters, to: Counters): { in: number; out: number } | null {
  const seconds = (to.at - from.at) / 1000;
  if (seconds <= 0) return null;
  const per = (a: number, b: number) => Math.max(0, Math.round((b - a) / seconds));
  return { in: per(from.received, to.received), out: per(from.sent, to.sent) };
}

function diskSpeed(from: Counters, to: Counters): HostState["io"] {
  const seconds = (to.at - from.at) / 1000;
  if (seconds <= 0 || from.read === null || to.read === null || from.written === null || to.written === null)
    return null;
  const per = (a: number, b: number) => Math.max(0, Math.round((b - a) / seconds));
  return { read: per(from.read, to.read), write: per(from.written, to.written) };
}

function diskOf(folder: string): HostState["disk"] {
  try {
    const { blocks, bfree, bavail, bsize } = fs.statfsSync(folder);
    const used = (blocks - bfree) * bsize;
    // as df counts: what only root may fill is neither used nor free
    return { used, total: used + bavail * bsize, path: folder };
  } catch {
    // the data folder's disk went away: the strip shows a dash
    return null;
  }
}

function text(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    // no such file off Linux
    return null;
  }
}
