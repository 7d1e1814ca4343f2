/** Where services listened when they ran last: the one hint at what they will want that every kind has. */
import { singleton } from "#lib/platform/singleton.ts";
import type { Port } from "#lib/supervisors/supervisor.ts";
import { type Look, snapshot } from "../snapshot.ts";

/** from here on the kernel gives ports to whoever asks for any */
const EPHEMERAL = 32_768;
const MOST = 8;

/** Begins to remember, once; what ran before is not known. */
export function rememberPorts(): ReadonlyMap<string, readonly Port[]> {
  return singleton("remembered-ports", () => {
    const known = new Map<string, readonly Port[]>();
    const note = ({ id, record: { state, ports } }: Pick<Look, "id" | "record">) => {
      const kept = ports.filter(({ protocol, port }) => protocol === "tcp" && port < EPHEMERAL);
      if (state === "running" && kept.length > 0) known.set(id, kept.slice(0, MOST));
    };
    snapshot().onLook(note);
    return known;
  });
}
