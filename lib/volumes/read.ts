/** Volumes as pages and the API tell them, cut to what a caller may see. */
import { type Access, may, reaches } from "#lib/auth/access.ts";
import type { Verb } from "#lib/auth/role.ts";
import { profileOf } from "#lib/backups/databases.ts";
import { listPlans } from "#lib/backups/plans/store.ts";
import { titleOf } from "#lib/backups/plans/subject.ts";
import type { BackupTotals } from "#lib/backups/shapes.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { type BackupFacts, readBackupFacts } from "./backed-up.ts";
import { volumeAddress } from "./engines.ts";
import { type ListedVolume, listVolumes } from "./inventory.ts";
import type { Volume } from "./shapes.ts";
import { readBackupSizes, readFirstBackup, readProtected, readSizes, type StoredSize } from "./store.ts";

export interface VolumesReading {
  items: Volume[];
  totals: BackupTotals;
}

const DAY = 86_400_000;
/** days that growth is told over, and those that there have to be */
const SPAN = 14;
const LEAST = 2;

/** what the page offers, and the permission that it takes */
const ACTIONS: readonly [Volume["actions"][number], Verb][] = [
  ["backup", "backup"],
  ["restore", "restore"],
  ["clone", "configure"],
  ["delete", "delete"],
  ["protect", "configure"],
];

/** All that the caller may see, by engine and name, with what the strip above them says. */
export async function readVolumes(access: Access): Promise<VolumesReading> {
  const since = new Date(Date.now() - (SPAN + 1) * DAY);
  const [listed, facts, marked, sizes] = await Promise.all([
    listVolumes(),
    readBackupFacts(),
    readProtected(),
    readSizes(since),
  ]);
  const measured = Map.groupBy(sizes, ({ volume }) => volume);
  const items = listed
    .filter(({ id }) => may(access, "read", id))
    .map((one) => shown(one, { facts: facts(one.id), marked, sizes: measured.get(one.id) ?? [], access }));
  return { items, totals: await totalsOf(items, access) };
}

/** One of them. Throws AppError `not_found`. */
export async function readVolume(id: string, access: Access): Promise<Volume> {
  // the id as it is spelled everywhere else
  const { host, scope, name } = volumeAddress(id);
  const { items } = await readVolumes(access);
  const found = items.find((one) => one.host === host && one.scope === scope && one.name === name);
  if (!found) throw new AppError("not_found", `There is no volume ${name} at ${host}/${scope}`);
  return found;
}

interface Shown {
  facts: BackupFacts;
  marked: ReadonlySet<string>;
  /** oldest first */
  sizes: readonly StoredSize[];
  access: Access;
}

function shown({ id, engine, record, usedBy, unusedSince }: ListedVolume, given: Shown): Volume {
  const { facts, marked, sizes, access } = given;
  const size = sizes.at(-1);
  // who is not within the caller's patterns is nobody to them
  const users = usedBy.filter((service) => reaches(access, service));
  return {
    id,
    host: engine.host,
    scope: engine.scope,
    name: record.name,
    driver: record.driver,
    mountpoint: record.mountpoint,
    size: size?.bytes ?? null,
    files: size?.files ?? null,
    measuredAt: size ? timestamp(size.measuredAt) : null,
    growth: growthOf(sizes),
    usedBy: users,
    unusedSince,
    databases: databasesOf(users),
    group: record.group,
    labels: record.labels,
    protected: marked.has(id),
    createdAt: record.createdAt,
    ...facts,
    actions: ACTIONS.flatMap(([action, verb]) => (may(access, verb, id) ? [action] : [])),
  };
}

function databasesOf(services: readonly string[]): Volume["databases"] {
  return services.flatMap((service) => {
    const profile = profileOf(snapshot().service(service)?.source ?? "");
    return profile ? [{ service, kind: profile.kind, title: profile.title, hint: profile.hint }] : [];
  });
}

/** Bytes a day between the first and the last measuring of the span; null while they are too near. */
function growthOf(sizes: readonly StoredSize[]): number | null {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (!first || !last) return null;
  const days = (last.measuredAt.getTime() - first.measuredAt.getTime()) / DAY;
  return days < LEAST ? null : Math.round((last.bytes - first.bytes) / days);
}

async function totalsOf(items: readonly Volume[], access: Access): Promise<BackupTotals> {
  const [sizes, first, plans] = await Promise.all([
    readBackupSizes(new Date(Date.now() - SPAN * DAY)),
    readFirstBackup(),
    listPlans(),
  ]);
  const own = [...sizes].flatMap(([key, one]) => (reaches(access, key) ? [one] : []));
  const sum = (part: (one: { count: number; size: number; recent: number }) => number) =>
    own.reduce((total, one) => total + part(one), 0);
  const days = first === null ? 0 : Math.min(SPAN, (Date.now() - first.getTime()) / DAY);
  const next = plans
    .filter(({ enabled, dueAt, sourceKey }) => enabled && dueAt && reaches(access, sourceKey))
    .sort((a, b) => (a.dueAt as Date).getTime() - (b.dueAt as Date).getTime())[0];
  return {
    volumes: {
      count: items.length,
      size: items.every(({ size }) => size === null) ? null : items.reduce((total, { size }) => total + (size ?? 0), 0),
      protected: items.filter((one) => one.protected).length,
    },
    backups: {
      count: sum(({ count }) => count),
      size: sum(({ size }) => size),
      growth: days < LEAST ? null : Math.round(sum(({ recent }) => recent) / days),
    },
    next: next?.dueAt ? { at: timestamp(next.dueAt), title: titleOf(next.source) } : null,
  };
}
