/** Streams that are open, each with who it is for. What ends them by itself is in live.ts; here they are kept and ended. */
import { singleton } from "#lib/platform/singleton.ts";
import type { Caller } from "./caller.ts";

export interface OpenStream {
  caller: Caller;
  end: () => void;
}

export const openStreams = () => singleton("auth.streams", () => new Set<OpenStream>());

/** Ends every stream of a person: after a change of what they may do, or of their password. They come back with a new one. */
export function endStreamsOf(userId: string): void {
  for (const stream of openStreams()) if (stream.caller.person.id === userId) endStream(stream);
}

export function endStream(stream: OpenStream): void {
  if (openStreams().delete(stream)) stream.end();
}
