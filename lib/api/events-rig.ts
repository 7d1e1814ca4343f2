/** A stream of events as a client reads it, for tests. */
import type { ApiRig, Call } from "./api-rig.ts";

export interface Events {
  /** the data of those by this name, so far */
  of: (name: string) => Record<string, unknown>[];
  text: () => string;
  /** resolves when the server ends it */
  ended: Promise<void>;
  close: () => void;
}

/** Throws for an answer that is no stream. */
export async function eventsOf(api: Pick<ApiRig, "request">, path: string, call: Call = {}): Promise<Events> {
  const leaving = new AbortController();
  const answer = await api.request(path, { ...call, signal: leaving.signal });
  if (answer.status !== 200 || !answer.body) throw new Error(`${answer.status}: ${await answer.text()}`);
  const reader = answer.body.getReader();
  let text = "";
  const ended = (async () => {
    const decoder = new TextDecoder();
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += decoder.decode(part.value, { stream: true });
  })();
  ended.catch(() => undefined);
  return {
    of: (name) =>
      [...text.matchAll(/^event: (\S+)\ndata: (.*)$/gm)].flatMap(([, event, data]) =>
        event === name ? [JSON.parse(data!)] : [],
      ),
    text: () => text,
    ended,
    close() {
      leaving.abort();
      void reader.cancel().catch(() => undefined);
    },
  };
}
