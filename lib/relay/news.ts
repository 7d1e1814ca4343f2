/** Whoever looks at codes and links is told that something about them has changed, and looks again. */
import { singleton } from "#lib/platform/singleton.ts";

type Listener = (service: string) => void;

const listeners = () => singleton("relay.news", () => new Set<Listener>());

/** Call what is returned when it is over. */
export function onRelayNews(listener: Listener): () => void {
  listeners().add(listener);
  return () => listeners().delete(listener);
}

export function tellRelayNews(service: string): void {
  for (const listener of [...listeners()]) listener(service);
}
