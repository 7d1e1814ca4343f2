/** What a restore will do, who stops and how long it may take: said before it is asked for. */
import fs from "node:fs/promises";
import path from "node:path";
import { formatBytes } from "#lib/format/bytes.ts";
import { AppError } from "#lib/platform/errors.ts";
import { inPlaceOf, usersToStop } from "./in-place.ts";
import { backupsFolder } from "./places.ts";
import { whoIsHeld } from "./quiesce.ts";
import { requireBackup } from "./read.ts";
import { SAFETY_DAYS } from "./restore-in-place.ts";
import type { RestorePlan } from "./shapes.ts";
import type { BackupRow } from "./store.ts";
import { addressFor, findVolume } from "./volume-at.ts";

/** bytes a second, of ordinary disks: a guess that is said to be one */
const READ = 200_000_000;
const WRITE = 80_000_000;

/** Never throws for what merely cannot be done: the plan says why. Throws AppError `not_found` for an unknown backup. */
export async function planRestore(
  id: string,
  wanted: { inPlace: true } | { volume: string | null },
): Promise<RestorePlan> {
  const row = await requireBackup(id);
  try {
    return "inPlace" in wanted ? await planInPlace(row) : await planAside(row, wanted.volume);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { stops: [], needed: Number(row.originalSize), free: null, steps: [], refusal: error.message };
  }
}

async function planInPlace(row: BackupRow): Promise<RestorePlan> {
  const place = await inPlaceOf(row);
  const { resolved, data, confirm, refusal } = place;
  const held = await whoIsHeld(usersToStop(place), "stop");
  const size = Number(row.originalSize);
  const present = resolved.size ?? size;
  const who = held.map(({ name }) => name).join(", ");
  const paused = resolved.users.find(({ state }) => state === "paused");
  const steps: RestorePlan["steps"] = [
    { name: "Verify this backup", note: formatBytes(Number(row.size)), seconds: seconds(size, READ) },
    ...(data === null
      ? []
      : [{ name: `Unpack beside ${confirm}`, note: formatBytes(size), seconds: seconds(size, WRITE) }]),
    ...(held.length > 0 ? [{ name: `Stop ${who}`, note: null, seconds: held.length * 2 }] : []),
    {
      name: `Copy ${confirm} to a safety copy`,
      note: `kept for ${SAFETY_DAYS} days`,
      seconds: seconds(present, WRITE) + seconds(present, READ),
    },
    {
      name: `Replace the contents of ${confirm}`,
      note: null,
      seconds: data === null ? seconds(size, WRITE) + seconds(size, READ) : 1,
    },
    ...(held.length > 0 ? [{ name: `Start ${who} and wait for health checks`, note: null, seconds: 10 }] : []),
  ];
  return {
    stops: held.map(({ service }) => service),
    needed: data === null ? present : size + present,
    free: await freeAt(data === null ? backupsFolder() : path.dirname(data)),
    steps,
    refusal: refusal ?? (paused ? `${paused.name} is paused: unpause or stop it first` : null),
  };
}

async function planAside(row: BackupRow, name: string | null): Promise<RestorePlan> {
  const size = Number(row.originalSize);
  const volume = name === null ? null : addressFor(name, row.sourceKey);
  const isTaken = volume !== null && (await findVolume(volume)) !== null;
  const into = volume?.name ?? "a new volume";
  return {
    stops: [],
    needed: size,
    free: null,
    steps: [
      { name: "Verify this backup", note: formatBytes(Number(row.size)), seconds: seconds(size, READ) },
      { name: `Unpack into ${into}`, note: formatBytes(size), seconds: seconds(size, WRITE) },
      { name: "Compare every file", note: null, seconds: seconds(size, READ) },
    ],
    refusal: isTaken ? `There is a volume ${into} already` : null,
  };
}

const seconds = (bytes: number, rate: number) => Math.max(1, Math.round(bytes / rate));

async function freeAt(folder: string): Promise<number | null> {
  return fs.statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    // not made yet, or not for us: then it is not known
    () => null,
  );
}
