/** What the tools themselves say, for tests that compare. */
import { docker } from "../host/containers.ts";
import type { TestHost } from "../host/host.ts";
import { pm2 } from "../host/stand-ins.ts";

interface Pm2App {
  name: string;
  pm_id: number;
  pid: number;
  pm2_env: { status: string; restart_time: number };
}

/** One property of a unit. */
export function property(host: TestHost, unit: string, name: string): string {
  return host.run(["systemctl", "show", "-P", name, unit]).trim();
}

/** Runs `systemctl`, as somebody else would at the same moment. */
export function systemctl(host: TestHost, ...argv: string[]): void {
  host.run(["systemctl", ...argv]);
}

/** The processes of an app of one user's PM2. */
export function apps(host: TestHost, user: "root" | "deploy", name: string): Pm2App[] {
  const printed = pm2(host, user, "jlist");
  const all = JSON.parse(printed.slice(printed.indexOf("["))) as Pm2App[];
  return all.filter((app) => app.name === name);
}

/** A container as `docker inspect` gives it, one template's worth. */
export function inspect(name: string, template: string): string {
  return docker("inspect", "--format", template, name).trim();
}

export { docker, pm2 };
