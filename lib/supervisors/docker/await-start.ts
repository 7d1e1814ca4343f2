/** Waits for the next run of a container, where its log goes on. */
import { SupervisorError } from "../supervisor.ts";
import { type Engine, titles } from "./connect.ts";
import { openEvents } from "./events.ts";
import { containerPath } from "./names.ts";
import type { ContainerInspect } from "./shapes.ts";

/** True once it runs, false when it was removed. Throws `unreachable` when the engine goes away meanwhile. */
export async function awaitStart(engine: Engine, id: string, signal: AbortSignal): Promise<boolean> {
  const closing = new AbortController();
  const both = AbortSignal.any([signal, closing.signal]);
  try {
    // listening before looking: a start in between is not missed
    const events = await openEvents(engine, { container: [id], event: ["start", "destroy"] }, both);
    const { State } = await engine.get<ContainerInspect>(containerPath(id, "json"), {}, both);
    if (State?.Status === "running" || State?.Status === "paused") return true;
    for await (const event of events) {
      if (event.id !== id) continue;
      if (event.action === "start") return true;
      if (event.action === "destroy") return false;
    }
    throw new SupervisorError("unreachable", `${titles[engine.scope]} ended its event stream`);
  } catch (error) {
    if (error instanceof SupervisorError && error.reason === "not_found") return false;
    throw error;
  } finally {
    closing.abort();
  }
}
