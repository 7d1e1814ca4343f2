/**
 * Runs on the test host: refreshes all three supervisors some times and prints the CPU seconds that this process used.
 * `cold` opens the adapters anew each time, so that nothing is known; `warm` refreshes as the server does.
 */
import { readEnv } from "#lib/platform/env.ts";
import { openSupervisors } from "#lib/supervisors/registry.ts";

const [kind, times] = [process.argv[2], Number(process.argv[3])];
const env = readEnv(process.env);
let supervisors = openSupervisors(env, new Map());
for (const supervisor of supervisors) await supervisor.list();
process.stdout.write("go\n");
await new Promise((resolve) => process.stdin.once("data", resolve));

const before = process.cpuUsage();
let services = 0;
for (let n = 0; n < times; n += 1) {
  if (kind === "cold") {
    for (const supervisor of supervisors) supervisor.close();
    supervisors = openSupervisors(env, new Map());
  }
  services = (await Promise.all(supervisors.map((supervisor) => supervisor.list()))).flat().length;
}
const used = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpu: (used.user + used.system) / 1e6, services })}\n`);
process.exit(0);
