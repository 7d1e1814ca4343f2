/** Verification: the whole archive read, every checksum compared. */
import { plural } from "#lib/format/plural.ts";
import type { Job } from "#lib/jobs/job.ts";
import { startJob } from "#lib/jobs/run.ts";
import { atHand, provenWhole } from "./at-hand.ts";
import { requireBackup } from "./read.ts";
import { extraOf } from "./store.ts";

/** Throws AppError `not_found`. */
export async function startVerify(id: string, actor: string): Promise<Job> {
  const row = await requireBackup(id);
  const { title } = extraOf(row);
  return startJob({ kind: "verify", subject: row.sourceKey, title, actor, locks: [`backup ${id}`] }, async (job) => {
    job.plan(["Verify checksums"]);
    const content = await atHand(job, await requireBackup(id));
    const head = await job.step("Verify checksums", () => provenWhole(job, row, content));
    job.concludes(`${plural(head.files, "file")}, checksums match`);
    return { backup: id, files: head.files };
  });
}
