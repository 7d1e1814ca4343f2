import type { ManifestEntry } from "./archive.ts";
import type { TarTime } from "./tar-pax.ts";

/** A manifest's time; nanoseconds of zero say that no more was known, or that there were none. */
export function timeOf({ mtime }: Pick<ManifestEntry, "mtime">): TarTime {
  const [, whole = "", part = ""] = /^(.*?)(?:\.(\d+))?Z$/.exec(mtime) ?? [];
  return { seconds: Date.parse(`${whole}Z`) / 1000, nanos: Number(part.padEnd(9, "0")) };
}
