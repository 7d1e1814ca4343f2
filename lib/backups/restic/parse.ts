/** What restic says in JSON, checked. Pure: recorded answers stand under `fixtures/`. */
import { z } from "zod";

const summarySchema = z.object({
  message_type: z.literal("summary"),
  /** new in the repository, before compression in older versions */
  data_added: z.number(),
  data_added_packed: z.number().optional(),
  total_bytes_processed: z.number(),
  snapshot_id: z.string().regex(/^[0-9a-f]{8,64}$/),
});
const snapshotSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  short_id: z.string(),
  time: z.string(),
  tags: z.array(z.string()).nullish(),
});

export interface Summary {
  snapshot: string;
  /** bytes that came into the repository by it */
  added: number;
  /** bytes that it was given */
  read: number;
}

export interface Snapshot {
  id: string;
  short: string;
  at: Date;
  tags: string[];
}

/** The last line of a backup's output that is a summary; null: it did not come to an end. */
export function parseSummary(output: string): Summary | null {
  for (const line of output.split("\n").reverse()) {
    const parsed = summarySchema.safeParse(jsonOf(line));
    if (!parsed.success) continue;
    const { snapshot_id, data_added, data_added_packed, total_bytes_processed } = parsed.data;
    return { snapshot: snapshot_id, added: data_added_packed ?? data_added, read: total_bytes_processed };
  }
  return null;
}

/** Throws where it is no list of snapshots. */
export function parseSnapshots(output: string): Snapshot[] {
  // an empty repository says null
  const rows = z.array(snapshotSchema).nullable().parse(jsonOf(output)) ?? [];
  return rows.map(({ id, short_id, time, tags }) => ({ id, short: short_id, at: new Date(time), tags: tags ?? [] }));
}

/** Its own words on what went wrong, in one line. */
export function wordsOfError(stderr: string): string {
  const isOfUse = (line: string) => line !== "" && !line.startsWith("the `unlock` command");
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter(isOfUse);
  const fatal =
    lines.findLast((line) => /^fatal/i.test(line)) ?? lines.findLast((line) => /lock/.test(line)) ?? lines.at(-1);
  return fatal?.replace(/^fatal: /i, "") ?? "it gave no reason";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // progress of older versions and notices stand between
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
