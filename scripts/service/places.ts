import { spawnSync } from "node:child_process";

/** Where the native service lives on a system. */
export const PLACES = {
  program: "/opt/trihelm",
  settings: "/etc/trihelm",
  data: "/var/lib/trihelm",
  unit: "/etc/systemd/system/trihelm.service",
  rule: "/etc/polkit-1/rules.d/50-trihelm.rules",
};
export const USER = "trihelm";
export const UNIT = "trihelm.service";

/** Runs a tool of the system; ends with its own words when it fails. */
export function system(...[command = "", ...argv]: string[]): string {
  const done = spawnSync(command, argv, { encoding: "utf8" });
  if (done.status === 0) return done.stdout;
  console.error(`${[command, ...argv].join(" ")} failed: ${done.error?.message ?? done.stderr.trim()}`);
  process.exit(1);
}

/** Whether a tool ends with success. */
export function succeeds(...[command = "", ...argv]: string[]): boolean {
  return spawnSync(command, argv, { stdio: "ignore" }).status === 0;
}
