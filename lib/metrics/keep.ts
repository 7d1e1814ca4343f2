/** Figures of every service and of the host go into their history, ten seconds apart. */
import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { onExit } from "#lib/platform/shutdown.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { FigureHistory } from "./history.ts";
import { type HostState, readHost } from "./host.ts";
import { RINGS } from "./rings.ts";
import { openSeries } from "./store.ts";

export const SERVICE_SERIES = ["cpu", "memory", "restarts"] as const;
export const HOST_SERIES = ["cpu", "memory", "disk", "load", "networkIn", "networkOut"] as const;
/** subject of the host's own series: no service has such an id */
export const HOST = "host";

export interface ServiceFigures {
  id: string;
  cpu: number | null;
  memory: { used: number } | null;
  restarts: number;
}

const PACE = RINGS[0]!.step;
const PRUNE = 3600;

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

/** Until the signal aborts. `services`: those whose figures are worth keeping. */
export async function keepFigures(services: () => readonly ServiceFigures[], signal: AbortSignal): Promise<void> {
  const log = logger("metrics");
  let pruned = Date.now() / 1000;
  while (!signal.aborted) {
    const now = Date.now() / 1000;
    await sleep((PACE - (now % PACE)) * 1000, signal);
    if (signal.aborted) return;
    try {
      const at = Math.floor(Date.now() / 1000);
      figureHistory().take(at, valuesOf(services(), readHost()));
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
  services: readonly ServiceFigures[],
  host: HostState | null,
): Iterable<[subject: string, name: string, value: number]> {
  for (const { id, cpu, memory, restarts } of services) {
    if (cpu !== null) yield [id, "cpu", cpu];
    if (memory !== null) yield [id, "memory", memory.used];
    yield [id, "restarts", restarts];
  }
  if (!host) return;
  const { cpu, memory, disk, load, network } = host;
  if (cpu !== null) yield [HOST, "cpu", cpu];
  if (memory) yield [HOST, "memory", memory.used];
  if (disk) yield [HOST, "disk", disk.used];
  if (load) yield [HOST, "load", load[0]];
  if (network) {
    yield [HOST, "networkIn", network.in];
    yield [HOST, "networkOut", network.out];
  }
}
