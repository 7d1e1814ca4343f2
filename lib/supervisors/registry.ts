/** The one place that names concrete supervisors: which of them this server has, by its configuration. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Env } from "#lib/platform/env.ts";
import { createDocker } from "./docker/adapter.ts";
import { demoSupervisors } from "./fake/demo.ts";
import { createPm2 } from "./pm2/adapter.ts";
import { findPm2Homes } from "./pm2/homes.ts";
import type { Supervisor } from "./supervisor.ts";
import { createSystemd } from "./systemd/adapter.ts";

const HOST = "local";
const DOCKER_SOCKET = "/var/run/docker.sock";
const PODMAN_SOCKET = "/run/podman/podman.sock";

/** The supervisors to watch that are not `open` yet. Called from time to time: daemons of other users come and go. */
export function openSupervisors(env: Env, open: ReadonlyMap<string, Supervisor>): Supervisor[] {
  if (env.demo) return open.size > 0 ? [] : demoSupervisors();
  const makers = new Map<string, () => Supervisor>([...systemd(env), ...pm2(env), ...containers(env)]);
  return [...makers].filter(([scope]) => !open.has(`${HOST}/${scope}`)).map(([, make]) => make());
}

type Maker = [scope: string, make: () => Supervisor];

function systemd(env: Env): Maker[] {
  if (env.systemd === "off") return [];
  const user = env.systemd === "user" ? os.userInfo().username : undefined;
  const options = { host: HOST, mode: env.systemd, ...(user ? { user } : {}) };
  return [[user ? `systemd@${user}` : "systemd", () => createSystemd(options)]];
}

function pm2(env: Env): Maker[] {
  const where = { pm2Home: process.env.PM2_HOME, ownHome: os.homedir(), uid: process.getuid?.() ?? -1 };
  return findPm2Homes({ configured: env.pm2Homes, ...where }).map(({ home, user }) => [
    user === null ? "pm2" : `pm2@${user}`,
    () => createPm2({ host: HOST, home, user }),
  ]);
}

/** Docker always, so that its absence is told; Podman where its socket is, or where the configured one is Podman's. */
function containers(env: Env): Maker[] {
  const docker = env.dockerHost ?? rootless() ?? `unix://${DOCKER_SOCKET}`;
  const made: Maker[] = [];
  const add = (scope: "docker" | "podman", endpoint: string) =>
    made.push([scope, () => createDocker({ host: HOST, endpoint, scope, owner: ownerOf(env) })]);
  add(/podman/.test(docker) ? "podman" : "docker", docker);
  if (made[0]?.[0] !== "podman" && fs.existsSync(PODMAN_SOCKET)) add("podman", `unix://${PODMAN_SOCKET}`);
  return made;
}

/** Tells this server from another one on the same engine, also after a restart. */
export function ownerOf({ dataDir }: Pick<Env, "dataDir">): string {
  return createHash("sha256").update(`${os.hostname()}\n${dataDir}`).digest("hex").slice(0, 16);
}

/** The socket of this user's own engine, where there is one and not the machine's. */
function rootless(): string | null {
  const runtime = process.env.XDG_RUNTIME_DIR;
  const socket = runtime && path.join(runtime, "docker.sock");
  return socket && !fs.existsSync(DOCKER_SOCKET) && fs.existsSync(socket) ? `unix://${socket}` : null;
}
