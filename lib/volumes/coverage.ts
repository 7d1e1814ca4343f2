/** What holds data on this server and whether it has a backup. */
import { type Access, may, reaches } from "#lib/auth/access.ts";
import { listPlans } from "#lib/backups/plans/store.ts";
import { sourceKeyOf } from "#lib/backups/source-key.ts";
import { isWithin } from "#lib/backups/source-users.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { findHolders, type Holder } from "./holders.ts";
import { listVolumes } from "./inventory.ts";
import type { Coverage } from "./shapes.ts";
import { type BackupInShort, readNewestBackups, readSizes } from "./store.ts";

/** milliseconds: units and mounts seldom change, and each is asked about */
const FRESH = 60_000;
const SIZES = 30 * 86_400_000;
const PATH = "local/path/";

const memory = () =>
  singleton("coverage", () => ({ at: Number.NEGATIVE_INFINITY, found: null as Promise<Holder[]> | null }));

/** All that the caller may know of, what has no backup first. */
export async function readCoverage(access: Access): Promise<Coverage[]> {
  const [volumes, holders, newest, plans, sizes] = await Promise.all([
    volumeHolders(),
    others(),
    readNewestBackups(),
    listPlans({ enabled: true }),
    readSizes(new Date(Date.now() - SIZES)),
  ]);
  const measured = new Map(sizes.map((size) => [size.volume, size.bytes]));
  const planned = plans.map(({ sourceKey }) => sourceKey);
  const made = [...newest.values()];
  return [...volumes, ...holders]
    .filter((holder) => isTheirs(holder, access))
    .map((holder): Coverage => {
      const covers = coveredBy(holder);
      const last = made
        .filter(({ sourceKey }) => covers(sourceKey))
        .reduce<BackupInShort | null>(
          (latest, one) => (latest && latest.createdAt > one.createdAt ? latest : one),
          null,
        );
      return {
        kind: holder.kind,
        source: holder.source as Record<string, string>,
        title: holder.title,
        services: holder.services.filter((id) => reaches(access, id)),
        size: holder.kind === "volume" ? (measured.get(sourceKeyOf(holder.source)) ?? null) : null,
        covered: planned.some(covers) ? "scheduled" : last ? "once" : "none",
        lastBackup: last && timestamp(last.createdAt),
        leftOut: last?.leftOut ?? 0,
      };
    })
    .sort((a, b) => RANK[a.covered] - RANK[b.covered]);
}

const RANK: Record<Coverage["covered"], number> = { none: 0, once: 1, scheduled: 2 };

async function volumeHolders(): Promise<Holder[]> {
  return (await listVolumes()).map(({ id, engine, record, usedBy }) => ({
    kind: "volume",
    source: { volume: id },
    title: record.name,
    services: usedBy,
    // a whole stack's backup has it too
    within:
      record.group === null ? [] : [{ stack: `${engine.host}/${engine.scope}/${encodeURIComponent(record.group)}` }],
    path: record.mountpoint || null,
  }));
}

/** Found once for all who ask at about the same time. */
function others(): Promise<Holder[]> {
  const known = memory();
  if (known.found && performance.now() - known.at < FRESH) return known.found;
  known.at = performance.now();
  known.found = findHolders().catch((error: unknown) => {
    known.found = null;
    throw error;
  });
  return known.found;
}

function isTheirs({ kind, source, services }: Holder, access: Access): boolean {
  if (access.services === null) return access.verbs.has("read");
  if (kind === "volume" || kind === "compose") return may(access, "read", sourceKeyOf(source));
  return services.length > 0 && services.every((id) => may(access, "read", id));
}

/** True for the key of a source that has this in it. */
function coveredBy({ source, within, path }: Holder): (key: string) => boolean {
  const keys = new Set([source, ...within].map(sourceKeyOf));
  return (key) => keys.has(key) || (path !== null && key.startsWith(PATH) && isWithin(path, key.slice(PATH.length)));
}

/** What a test changes is seen at once. @public */
export function forgetCoverage(): void {
  memory().found = null;
}
