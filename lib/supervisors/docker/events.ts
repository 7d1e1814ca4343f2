/** The engine's event stream, narrowed to what changes how a container stands. */
import type { Engine } from "./connect.ts";
import type { EngineEvent } from "./shapes.ts";

/** Health checks run `exec` all the time: those, `top`, `attach`, `resize` and the like change nothing. */
const TELLING = new Set([
  ..."create start restart die stop kill oom pause unpause rename update destroy health_status".split(" "),
  // Podman
  ..."died remove init cleanup sync".split(" "),
]);
/** Podman's own words for what Docker calls otherwise */
const SAME: Record<string, string> = { died: "die", remove: "destroy" };
const LONGEST_LINE = 4 * 1024 * 1024;

/** Opens the stream; it is listening from the moment this resolves. Ends with the engine, or with the signal. */
export async function openEvents(engine: Engine, filters: Record<string, string[]>, signal: AbortSignal) {
  const all: Record<string, string[]> = { type: ["container"], ...filters };
  // Podman has other words and refuses those that it does not know
  if (engine.scope === "podman") delete all.event;
  else all.event ??= [...TELLING];
  return readEvents(await engine.stream("/events", { filters: all }, signal));
}

/** Events that the engine still remembers (Docker keeps 256), oldest first. */
export async function pastEvents(
  engine: Engine,
  since: number,
  signal?: AbortSignal,
  actions: string[] = ["start", "kill", "stop", "die", "oom"],
): Promise<EngineEvent[]> {
  const limit = AbortSignal.timeout(3000);
  const filters: Record<string, string[]> = { type: ["container"] };
  if (engine.scope === "docker") filters.event = actions;
  const query = { since: seconds(since), until: seconds(Date.now()), filters };
  const found: EngineEvent[] = [];
  try {
    const stream = await engine.stream("/events", query, signal ? AbortSignal.any([signal, limit]) : limit);
    for await (const event of readEvents(stream)) found.push(event);
  } catch (error) {
    signal?.throwIfAborted();
    // an engine whose clock is behind ours waits for `until`: what came by now is what there is
    if (!limit.aborted) throw error;
  }
  return found;
}

/** Lines of JSON as events; what is no such line is passed over. */
export async function* readEvents(stream: AsyncIterable<Buffer | string>): AsyncGenerator<EngineEvent> {
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) rest = "";
    for (const line of lines) {
      const event = parseEvent(line);
      if (event) yield event;
    }
  }
}

/** null: no event of a container, or one that tells nothing. */
export function parseEvent(line: string): EngineEvent | null {
  if (line.trim() === "") return null;
  let raw: RawEvent;
  try {
    raw = JSON.parse(line) as RawEvent;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const word = (raw.Action ?? raw.status ?? "").split(":")[0]!.trim();
  const id = raw.Actor?.ID ?? raw.id;
  if ((raw.Type !== undefined && raw.Type !== "container") || !TELLING.has(word) || !id) return null;
  const attributes = raw.Actor?.Attributes ?? {};
  return {
    action: SAME[word] ?? word,
    id,
    name: attributes.name ?? "",
    attributes,
    at: raw.timeNano ? raw.timeNano / 1e6 : (raw.time ?? 0) * 1000,
  };
}

interface RawEvent {
  Type?: string;
  Action?: string;
  status?: string;
  id?: string;
  Actor?: { ID?: string; Attributes?: Record<string, string> };
  time?: number;
  timeNano?: number;
}

/** Milliseconds as the engine takes a time: `1795259753.106` */
function seconds(milliseconds: number): string {
  return (Math.max(0, milliseconds) / 1000).toFixed(3);
}
