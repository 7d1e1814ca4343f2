import { afterAll, beforeAll, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import type { JobHandle } from "#lib/jobs/run.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { withVolumes } from "#lib/supervisors/fake/volumes.ts";
import { labelOrders } from "./commands.ts";
import { writeConsent } from "./consent/store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

test("neither the command of a label nor a password that it repeats stands in the job", async () => {
  const engine = withVolumes(createFake({ host: "local", scope: "docker", kind: "docker" }));
  engine.add({ name: "db" });
  snapshot().add(engine);
  const pre = "mysqldump -pcanary-secret --all";
  await writeConsent({ service: "local/docker/db", labels: JSON.stringify({ pre }), by: "alice" });
  engine.onExec(() => ({ exitCode: 2, stderr: "warning\nAccess denied with canary-secret, PASSWORD=canary-two" }));
  const said: string[] = [];
  const signal = new AbortController().signal;
  const job = { signal, say: (line: string) => said.push(line) } as unknown as JobHandle;
  const labels = { "docker-volume-backup.archive-pre": pre };
  const user = { service: "local/docker/db", supervisor: engine, name: "db", state: "running", labels };
  const orders = await labelOrders([{ ...user, containerId: null, identity: null, readOnly: false }]);
  const failure = await orders.before(job).then(
    () => "",
    (error: Error) => error.message,
  );
  expect(failure).toMatch(/^db: the command of its label docker-volume-backup.archive-pre ended with exit code 2/);
  expect(failure).toContain("Access denied");
  expect([failure, ...said].join("\n")).not.toMatch(/canary|mysqldump/);
  engine.close();
});
