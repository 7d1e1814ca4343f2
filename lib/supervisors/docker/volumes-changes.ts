/** The engine's event stream, narrowed to volumes that come and go: that containers mount them changes nothing of them. */
import { isAbort } from "#lib/platform/errors.ts";
import type { Engine } from "./connect.ts";

const TELLING = ["create", "destroy", "prune", "remove"];

/** Once for each piece of the stream that tells something. */
export async function* volumeChanges(engine: Engine, signal: AbortSignal): AsyncGenerator<void> {
  const filters: Record<string, string[]> = { type: ["volume"] };
  // Podman refuses words that it does not know
  if (engine.scope === "docker") filters.event = TELLING.slice(0, 3);
  try {
    const stream = await engine.stream("/events", { filters }, signal);
    for await (const chunk of stream) if (TELLING.some((word) => chunk.toString("latin1").includes(`"${word}"`))) yield;
  } catch (error) {
    if (!isAbort(error) && !signal.aborted) throw error;
  }
}
