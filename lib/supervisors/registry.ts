/** The one place that names concrete supervisors: which of them this server has, by its configuration. */
import type { Env } from "#lib/platform/env.ts";
import { demoSupervisors } from "./fake/demo.ts";
import type { Supervisor } from "./supervisor.ts";

/** The supervisors to watch that are not `open` yet. Called from time to time: daemons of other users come and go. */
export function openSupervisors(env: Env, open: ReadonlyMap<string, Supervisor>): Supervisor[] {
  if (env.demo) return open.size > 0 ? [] : demoSupervisors();
  return [];
}
