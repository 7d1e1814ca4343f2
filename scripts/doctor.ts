import { openSupervisors } from "#lib/supervisors/registry.ts";
import type { Probe } from "#lib/supervisors/supervisor.ts";
import { readConfiguration } from "./configuration.ts";

/** Asks every supervisor and prints what it needs. Gives 0 when one at least is ready, 1 otherwise. */
export async function doctor(): Promise<number> {
  const config = readConfiguration();
  for (const name of config.unknown) console.log(`${name} is set, and nothing reads it: most likely a slip of the pen`);
  console.log(`Listens on    ${config.host}, port ${config.port}`);
  console.log(`Keeps data in ${config.dataDir}`);
  const supervisors = openSupervisors(config, new Map());
  let ready = 0;
  for (const supervisor of supervisors) {
    const probe = await supervisor.probe();
    if (probe.status === "ready") ready += 1;
    console.log(`\n${supervisor.host}/${supervisor.scope}: ${sentence(probe)}`);
    supervisor.close();
  }
  if (supervisors.length === 0) console.log("\nNo supervisor is configured.");
  return ready > 0 ? 0 : 1;
}

function sentence(probe: Probe): string {
  if (probe.status === "ready") return `ready, by ${probe.channel}${probe.version ? `, version ${probe.version}` : ""}`;
  const command = probe.command ? `\n  $ ${probe.command}` : "";
  return `${probe.status}. ${probe.detail}\n  ${probe.hint}${command}`;
}
