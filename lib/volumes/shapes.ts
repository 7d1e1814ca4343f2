/** Volumes as the API tells them. Sizes are bytes, times RFC 3339. */
import { z } from "zod";

const backupInShort = z.object({
  id: z.string(),
  createdAt: z.string(),
  size: z.number(),
  verifiedAt: z.string().nullable(),
  /** why it is not good; null: it is, as far as is known */
  damage: z.string().nullable(),
});

export const volumeSchema = z.object({
  /** `{host}/{scope}/{name}`, percent-encoded */
  id: z.string(),
  host: z.string(),
  scope: z.string(),
  name: z.string(),
  driver: z.string(),
  mountpoint: z.string(),
  /** null until measured */
  size: z.number().nullable(),
  files: z.number().nullable(),
  measuredAt: z.string().nullable(),
  /** bytes a day over the last two weeks; null while there are less than two days */
  growth: z.number().nullable(),
  /** service ids, of exited containers too */
  usedBy: z.array(z.string()),
  /** since when nothing uses it, as far as this server has seen; null while something does */
  unusedSince: z.string().nullable(),
  /** databases that run on it, told by their images: what a copy of their files is worth, and that they can be dumped */
  databases: z.array(z.object({ service: z.string(), kind: z.string(), title: z.string(), hint: z.string() })),
  /** compose project or stack */
  group: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  protected: z.boolean(),
  createdAt: z.string().nullable(),
  /** the newest good one */
  lastBackup: backupInShort.nullable(),
  lastDrill: z.object({ at: z.string(), passed: z.boolean() }).nullable(),
  schedule: z
    .object({
      id: z.string(),
      /** `Daily 03:00`, `Every 6 h` */
      words: z.string(),
      enabled: z.boolean(),
      nextRun: z.string().nullable(),
      /** `keep 14, s3` */
      keeps: z.string(),
      destinations: z.array(z.string()),
      /** how many runs have failed since the last good one */
      failed: z.number().int(),
    })
    .nullable(),
  /** a run that was due is missing for longer than it ever takes */
  overdue: z.boolean(),
  /** the job that is about it right now */
  job: z.string().nullable(),
  /** what this caller may do with it */
  actions: z.array(z.enum(["backup", "restore", "clone", "delete", "protect"])),
});

export const fileEntrySchema = z.object({
  /** as text; bytes that are no UTF-8 are escaped as `\xNN` */
  name: z.string(),
  /** what to ask for as `path`: reversible, also for names that are no text */
  path: z.string(),
  type: z.enum(["file", "folder", "link", "other"]),
  size: z.number(),
  mode: z.number().int(),
  owner: z.string(),
  mtime: z.string().nullable(),
  /** where a link leads, as it is written */
  target: z.string().nullable(),
});

export const folderSchema = z.object({
  path: z.string(),
  items: z.array(fileEntrySchema),
  nextCursor: z.string().optional(),
  /** how many there are in all */
  total: z.number().int(),
});

/** Something that holds data, and whether it has a backup. */
export const coverageSchema = z.object({
  kind: z.enum([
    "volume",
    "bind",
    "unit-state",
    "unit-folder",
    "unit-environment",
    "pm2-folder",
    "pm2-dump",
    "compose",
  ]),
  /** what `POST /backups` and `POST /schedules` take as `source` */
  source: z.record(z.string(), z.string()),
  /** `wa-db`, `/home/alice/.clawdis` */
  title: z.string(),
  /** service ids that use it */
  services: z.array(z.string()),
  size: z.number().nullable(),
  covered: z.enum(["scheduled", "once", "none"]),
  lastBackup: z.string().nullable(),
  /** entries that the last backup should hold and does not */
  leftOut: z.number().int(),
});

export type Volume = z.infer<typeof volumeSchema>;
export type FileEntry = z.infer<typeof fileEntrySchema>;
export type Folder = z.infer<typeof folderSchema>;
export type Coverage = z.infer<typeof coverageSchema>;
