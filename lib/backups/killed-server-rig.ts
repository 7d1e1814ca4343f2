/**
 * For tests only: the server's own composition root in a process that its parent may kill at any moment. It does what it is
 * told over the channel to its parent, and tells every step of every job.
 */
import { boot } from "#lib/boot.ts";
import { bus } from "#lib/events/bus.ts";
import type { Job } from "#lib/jobs/job.ts";
import { readJobs } from "#lib/jobs/read.ts";
import { openIntents } from "./intents.ts";
import { readBackups } from "./read.ts";
import { startRestore } from "./restore.ts";
import { startBackup } from "./run.ts";
import type { NewBackup, Restore } from "./shapes.ts";

export type Order =
  | { do: "backup"; wanted: NewBackup }
  | { do: "restore"; id: string; wanted: Restore }
  | { do: "look" };

export interface Sight {
  backups: Awaited<ReturnType<typeof readBackups>>["items"];
  jobs: Job[];
  intents: string[];
}

await boot();
const told = new Set<string>();
bus().subscribe(({ name, data }) => {
  if (name !== "job") return;
  const job = data as Job;
  for (const step of job.steps) {
    if (step.state === "waiting" || told.has(`${job.id} ${step.name}`)) continue;
    told.add(`${job.id} ${step.name}`);
    process.send?.({ step: step.name, job: job.id });
  }
  if (job.finishedAt) process.send?.({ ended: job.id, state: job.state, message: job.message });
});
process.on("message", (order: Order) => {
  void carryOut(order).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
// as the framework does once its requests are done
process.on("SIGTERM", () => process.exit(143));
process.send?.({ ready: true });

async function carryOut(order: Order): Promise<unknown> {
  if (order.do === "backup") return startBackup(order.wanted, { actor: "mara" });
  if (order.do === "restore") return startRestore(order.id, order.wanted, "mara");
  return {
    backups: (await readBackups({})).items,
    jobs: (await readJobs({}, { limit: 1000, cursor: null })).items,
    intents: (await openIntents()).map(({ kind, body }) => `${kind} ${JSON.stringify(body)}`),
  } satisfies Sight;
}
