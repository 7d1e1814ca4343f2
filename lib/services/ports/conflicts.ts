/** Ports that two want: found before somebody starts the second. Pure. */
import type { Port } from "#lib/supervisors/supervisor.ts";
import { UNKNOWN } from "./items.ts";
import { overlap, placeText } from "./overlap.ts";
import type { Listening, PortConflict } from "./shapes.ts";

/** A service that does not run, and a port that it takes when it is started. */
export interface Wanted {
  id: string;
  name: string;
  port: Port;
  /** `set`: its supervisor says so; `last`: it listened there when it ran last */
  by: "set" | "last";
}

/** By port. A port that only several stopped services would take has no holder. */
export function conflictsAmong(items: readonly Listening[], wants: readonly Wanted[]): PortConflict[] {
  const wanted = [...wants].sort((a, b) => (a.id < b.id ? -1 : 1));
  const found = new Map<string, PortConflict>();
  for (const want of wanted) {
    const { protocol, port } = want.port;
    const holder = items.find((item) => takes(item, want));
    // that it listened there once says that it would again, and not that somebody means it to
    const others = wanted.filter((other) => want.by === "set" && other.by === "set" && isRival(want, other));
    if (!holder && others.length === 0) continue;
    const address = holder ? holder.address : want.port.address;
    const key = `${protocol} ${port} ${holder ? (holder.owner.service ?? holder.owner.name) : ""}`;
    const ids = [...new Set([...(found.get(key)?.wants ?? []), want.id, ...others.map(({ id }) => id)])].sort();
    const held = holder ? { service: holder.owner.service, name: holder.owner.name } : null;
    found.set(key, { protocol, address, port, holder: held, wants: ids, words: "" });
  }
  const names = new Map(wanted.map(({ id, name }) => [id, name]));
  return [...found.values()]
    .map((conflict) => ({ ...conflict, words: wordsOf(conflict, names) }))
    .sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol));
}

function takes({ protocol, port, address, owner }: Listening, want: Wanted): boolean {
  return (
    protocol === want.port.protocol &&
    port === want.port.port &&
    owner.service !== want.id &&
    overlap(address, want.port.address)
  );
}

function isRival(want: Wanted, other: Wanted): boolean {
  return (
    other.id !== want.id &&
    other.port.protocol === want.port.protocol &&
    other.port.port === want.port.port &&
    overlap(other.port.address, want.port.address)
  );
}

function wordsOf({ holder, wants, address, port }: PortConflict, names: ReadonlyMap<string, string>): string {
  const called = wants.map((id) => `\`${names.get(id) ?? id}\``);
  const list = called.length > 1 ? `${called.slice(0, -1).join(", ")} and ${called.at(-1)}` : (called[0] ?? "");
  const place = placeText(address, port);
  const who = holder?.service === null && holder.name === UNKNOWN ? "An unknown process" : `\`${holder?.name}\``;
  if (!holder) return `${list} are set to listen on ${place}: whichever is started second does not get it.`;
  const one = called.length === 1;
  return `${who} has ${place}: ${list} would not get it when ${one ? "it is" : "they are"} started.`;
}
