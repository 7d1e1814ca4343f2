/** Keeps the snapshot true: one watch per supervisor for the life of the server, and new supervisors as they appear. */
import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import type { Supervisor } from "#lib/supervisors/supervisor.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";

const RETRY = 2000;

/** Watches a supervisor until the signal aborts; resolves at once. */
export function watchSupervisor(source: Supervisor, signal: AbortSignal, board: Snapshot = snapshot()): void {
  board.add(source);
  void follow(source, signal, board);
}

/** Resolves when every supervisor has said something, or after `milliseconds`: the first page then has its rows. */
export async function firstLook(milliseconds: number, board: Snapshot = snapshot()): Promise<void> {
  const end = performance.now() + milliseconds;
  while (board.supervisors().some((s) => !s.available && !s.error) && performance.now() < end) await sleep(20);
}

async function follow(source: Supervisor, signal: AbortSignal, board: Snapshot): Promise<void> {
  const log = logger("watch").child({ supervisor: `${source.host}/${source.scope}` });
  while (!signal.aborted) {
    try {
      for await (const change of source.watch(signal)) {
        board.apply(source, change);
        // the version and the channel come by probe: once per connection, not per change
        if (change.type === "reset") board.probed(source, await source.probe(signal));
        if (change.type === "down") log.info({ status: change.probe.status }, "cannot be reached");
      }
    } catch (error) {
      // an adapter reconnects by itself, so this is a fault of ours: say so, and keep the other supervisors going
      log.error({ err: error }, `the watch broke: ${messageOf(error)}`);
    }
    await sleep(RETRY, signal);
  }
}
