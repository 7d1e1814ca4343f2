/** What a backup is and how far it is proven, in words. */
import type { Backup, Source } from "#lib/backups/shapes.ts";
import { formatDay } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";

/** Nothing is known against it. */
export function isGood({ damage }: Pick<Backup, "damage">): boolean {
  return damage === null;
}

/** The day, or what it was made for: `by hand, before 1.8.2`, `before a restore`. */
export function occasionWords(backup: Pick<Backup, "createdAt" | "note" | "safety">): string {
  if (backup.safety?.for === "restore") return "before a restore";
  if (backup.safety?.for === "delete") return "before it was deleted";
  if (backup.note) return visible(backup.note);
  return formatDay(backup.createdAt);
}

/** `damaged`, `verified`, `not verified`. */
export function proofWord({ damage, verifiedAt }: Pick<Backup, "damage" | "verifiedAt">): string {
  return damage !== null ? "damaged" : verifiedAt === null ? "not verified" : "verified";
}

const KIND = { volume: "Volume", path: "Folder", service: "Service", stack: "Stack" } as const;

/** `Volume`, `Folder`, `Service`, `Stack`. */
export function sourceKind(source: Source): (typeof KIND)[keyof typeof KIND] {
  if ("volume" in source) return KIND.volume;
  if ("path" in source) return KIND.path;
  return "service" in source ? KIND.service : KIND.stack;
}

/** The same for the same source, whatever else is said of it. */
export function sourceKeyOf(source: Source): string {
  return JSON.stringify(Object.entries(source).sort(([a], [b]) => a.localeCompare(b)));
}

/** `wa-db-restored-20251114`: a name for a copy that says of when it is. `taken` gets a number. */
export function copyName(title: string, suffix: string, taken: ReadonlySet<string>): string {
  const plain = title.replace(/[^a-zA-Z0-9_.-]+/g, "-").replace(/^[^a-zA-Z0-9]+/, "") || "volume";
  const wanted = `${plain.slice(0, 200)}-${suffix}`;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.has(name)) return name;
  }
}

/** `20251114`, by the reader's clock. */
export function stampOf(time: string | number): string {
  const date = new Date(time);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("");
}
