/** Figures of every service and of the host go into their history, ten seconds apart. */
import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { onExit } from "#lib/platform/shutdown.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { type DiskSpace, diskSeries, readDisks } from "./disk-space.ts";
import { FigureHistory } from "./history.ts";
import { type HostState, readHost } from "./host.ts";
import { RINGS } from "./rings.ts";
import { openSeries } from "./store.ts";

export const SERVICE_SERIES = ["cpu", "memory", "restarts"] as const;
/** what not every service has */
export const FURTHER_SERIES = ["memoryLimit", "networkIn", "networkOut", "diskRead", "diskWrite"] as const;
export const HOST_SERIES = [
  "cpu",
  "memory",
  "disk",
  "load",
  "networkIn",
  "networkOut",
  "diskRead",
  "diskWrite",
] as const;
/** subject of the host's own series: no service has such an id */
export const HOST = "host";

export interface ServiceFigures {
  id: string;
  cpu: number | null;
  memory: { used: number; limit: number | null } | null;
  restarts: number;
}

/** Bytes a second; null where nobody counts. */
type Moved = Record<"networkIn" | "networkOut" | "diskRead" | "diskWrite", number | null>;

export interface FigureSources {
  /** those whose figures are worth keeping */
  services: () => readonly ServiceFigures[];
  /** reads what services move, then tells it of each */
  traffic: { read(): void; of(id: string): Moved };
}

const MOVED = ["networkIn", "networkOut", "diskRead", "diskWrite"] as const;
const PACE = RINGS[0]!.step;
const PRUNE = 3600;
/** a disk fills slowly, and asking how far is a call for each */
const DISKS = 60;

/** The history of this server; opened when it is first asked for. Throws where its file cannot be opened. */
export function figureHistory(): FigureHistory {
  return singleton("figure-history", () => {
    const file = openSeries();
    const history = new FigureHistory(file);
    onExit(() => {
      history.flush();
      file.close();
    });
    return history;
  });
}

/** Until the signal aborts. */
export async function keepFigures(sources: FigureSources, signal: AbortSignal): Promise<void> {
  const log = logger("metrics");
  let pruned = Date.now() / 1000;
  let measured = 0;
  while (!signal.aborted) {
    const now = Date.now() / 1000;
    await sleep((PACE - (now % PACE)) * 1000, signal);
    if (signal.aborted) return;
    try {
      const at = Math.floor(Date.now() / 1000);
      sources.traffic.read();
      figureHistory().take(at, valuesOf(sources, readHost()));
      if (at - measured >= DISKS) {
        measured = at;
        figureHistory().take(at, spaceOf(await readDisks()));
      }
      if (at - pruned < PRUNE) continue;
      figureHistory().prune(at);
      pruned = at;
    } catch (error) {
      // figures are worth less than the rest of the server: a full disk ends them for a while, and nothing else
      log.error({ err: error }, `figures are not kept: ${messageOf(error)}`);
      await sleep(60_000, signal);
    }
  }
}

function* valuesOf(
  { services, traffic }: FigureSources,
  host: HostState | null,
): Iterable<[subject: string, name: string, value: number]> {
  for (const { id, cpu, memory, restarts } of services()) {
    if (cpu !== null) yield [id, "cpu", cpu];
    if (memory !== null) yield [id, "memory", memory.used];
    if (memory?.limit != null) yield [id, "memoryLimit", memory.limit];
    yield [id, "restarts", restarts];
    const moved = traffic.of(id);
    for (const name of MOVED) if (moved[name] !== null) yield [id, name, moved[name]];
  }
  if (!host) return;
  const { cpu, memory, disk, load, network, io } = host;
  if (cpu !== null) yield [HOST, "cpu", cpu];
  if (memory) yield [HOST, "memory", memory.used];
  if (disk) yield [HOST, "disk", disk.used];
  if (load) yield [HOST, "load", load[0]];
  if (network) {
    yield [HOST, "networkIn", network.in];
    yield [HOST, "networkOut", network.out];
  }
  if (io) {
    yield [HOST, "diskRead", io.read];
    yield [HOST, "diskWrite", io.write];
  }
}

function* spaceOf(disks: readonly DiskSpace[]): Iterable<[subject: string, name: string, value: number]> {
  for (const { path, used } of disks) yield [HOST, diskSeries(path), used];
}
