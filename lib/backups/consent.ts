/**
 * What containers ask for by their labels, and what of that an administrator has allowed. Labels come with images and
 * compose files of anybody: none of them stops a service or runs a command before somebody has read it here.
 */
import { z } from "zod";
import { AppError } from "#lib/platform/errors.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { isExecSource, isVolumeSource } from "#lib/supervisors/volumes.ts";
import { readConsent, removeConsent, writeConsent } from "./consent/store.ts";
import { type DumpProfile, profileOf } from "./databases.ts";
import { splitWords } from "./label-words.ts";

const LABEL = "docker-volume-backup";

export const consentSchema = z.strictObject({
  /** stop the container while its volume is read, although others are only paused */
  stop: z.boolean().default(false),
  /** run the command of the label as it is now, before and after */
  pre: z.boolean().default(false),
  post: z.boolean().default(false),
  /** dump the database by its own tool */
  dump: z.boolean().default(false),
});
export type Consent = z.infer<typeof consentSchema>;

export const backupLabelsSchema = z.object({
  /** what its labels ask for */
  asks: z.object({ stop: z.boolean(), pre: z.array(z.string()).nullable(), post: z.array(z.string()).nullable() }),
  /** what of that is allowed: a label that has changed since is not */
  allowed: consentSchema,
  by: z.string().nullable(),
  at: z.string().nullable(),
  /** the database that runs in it, where one is known by its image */
  database: z
    .object({ kind: z.string(), title: z.string(), hint: z.string(), command: z.array(z.string()) })
    .nullable(),
});
export type BackupLabels = z.infer<typeof backupLabelsSchema>;

/** as they were when they were allowed */
const stored = z.object({
  stop: z.string().nullable().default(null),
  pre: z.string().nullable().default(null),
  post: z.string().nullable().default(null),
  dump: z.string().nullable().default(null),
});
type Stored = z.infer<typeof stored>;

/** What the labels of a user of a source may do. Commands are argv. */
export async function labelsAllowed(user: {
  service: string;
  labels: Record<string, string>;
}): Promise<{ stop: boolean; pre: string[] | null; post: string[] | null }> {
  const row = await readConsent(user.service);
  const kept = row ? parsed(row.labels) : null;
  const asks = askedBy(user.labels);
  const same = (part: "pre" | "post") => asks[part] !== null && kept?.[part] === asks[part];
  return {
    stop: asks.stop !== null && kept?.stop === asks.stop,
    pre: same("pre") ? splitWords(asks.pre as string) : null,
    post: same("post") ? splitWords(asks.post as string) : null,
  };
}

/** True where an administrator has allowed this very command for it. */
export async function dumpAllowed(service: string, profile: DumpProfile): Promise<boolean> {
  const row = await readConsent(service);
  return row !== null && parsed(row.labels).dump === profile.argv.join("\n");
}

/** What a container asks for and what it may. Throws AppError `not_found`, and `validation` for what is no container. */
export async function readBackupLabels(service: string): Promise<BackupLabels> {
  const { asks, profile } = await lookAt(service);
  const row = await readConsent(service);
  const kept = row ? parsed(row.labels) : null;
  const same = (part: "stop" | "pre" | "post") => asks[part] !== null && kept?.[part] === asks[part];
  return {
    asks: {
      stop: asks.stop !== null,
      pre: asks.pre === null ? null : splitWords(asks.pre),
      post: asks.post === null ? null : splitWords(asks.post),
    },
    allowed: {
      stop: same("stop"),
      pre: same("pre"),
      post: same("post"),
      dump: profile !== null && kept?.dump === profile.argv.join("\n"),
    },
    by: row?.by ?? null,
    at: row?.createdAt.toISOString() ?? null,
    database: profile && {
      kind: profile.kind,
      title: profile.title,
      hint: profile.hint,
      command: [...profile.argv],
    },
  };
}

/** Allows what is named, as it is now, in place of what was allowed before. Throws AppError `conflict` for what nobody asks. */
export async function allowLabels(service: string, consent: Consent, by: string): Promise<BackupLabels> {
  const { asks, profile } = await lookAt(service);
  const missing = (["stop", "pre", "post"] as const).find((part) => consent[part] && asks[part] === null);
  if (missing) throw new AppError("conflict", `This container has no label that asks for ${missing}`);
  if (consent.dump && !profile) throw new AppError("conflict", "No database that Trihelm knows runs in this container");
  const labels: Stored = {
    stop: consent.stop ? asks.stop : null,
    pre: consent.pre ? asks.pre : null,
    post: consent.post ? asks.post : null,
    dump: consent.dump && profile ? profile.argv.join("\n") : null,
  };
  await writeConsent({ service, labels: JSON.stringify(labels), by });
  return readBackupLabels(service);
}

/** Takes back all that was allowed. */
export async function forbidLabels(service: string): Promise<void> {
  await lookAt(service);
  await removeConsent(service);
}

/** Labels as text; null: not asked for. */
function askedBy(labels: Record<string, string>): { stop: string | null; pre: string | null; post: string | null } {
  const of = (name: string) => labels[`${LABEL}.${name}`]?.trim() || null;
  const stop = of("stop-during-backup");
  return {
    stop: stop === "false" ? null : stop,
    pre: of("archive-pre"),
    post: of("archive-post"),
  };
}

async function lookAt(service: string) {
  const found = snapshot().find(service);
  if (!found) throw new AppError("not_found", "There is no service of this id. GET /api/v1/services?all=1 lists them");
  const { source, record } = found;
  if (!isVolumeSource(source) || !isExecSource(source))
    throw new AppError("validation", "Only containers have labels that say how they are backed up");
  const { native } = await source.inspect(record.name);
  return { asks: askedBy(labelsOf(native)), profile: profileOf(record.source) };
}

/** As the engine's own answer has them. */
function labelsOf(native: Record<string, unknown>): Record<string, string> {
  const shape = z.object({ Config: z.object({ Labels: z.record(z.string(), z.string()) }) });
  return shape.safeParse(native).data?.Config.Labels ?? {};
}

function parsed(labels: string): Stored {
  return stored.parse(JSON.parse(labels));
}
