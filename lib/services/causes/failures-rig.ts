/** For tests on the test host only: real units, containers and PM2 apps that fail, watched as the server watches them. */
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { sleep } from "#lib/platform/clock.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { cliOf, makeImage } from "#lib/supervisors/docker/contract-rig.ts";
import { createPm2 } from "#lib/supervisors/pm2/adapter.ts";
import { createPm2Rig } from "#lib/supervisors/pm2/pm2-rig.ts";
import { createSystemd } from "#lib/supervisors/systemd/adapter.ts";
import { requireTestHost } from "#lib/supervisors/systemd/contract-rig.ts";
import { recorder, recordHappenings } from "../events/record.ts";
import type { Kept } from "../events/store.ts";
import { firstLook, watchSupervisor } from "../watch.ts";
import { explainFailures, onCause } from "./cause.ts";
import type { Cause } from "./shapes.ts";

const exec = promisify(execFile);
const SOCKET = "unix:///var/run/docker.sock";
const UNITS = "/etc/systemd/system";

export type Failures = Awaited<ReturnType<typeof openFailures>>;

/** One set-up for all cases: `run` begins every name. */
export async function openFailures(run: string) {
  await requireTestHost();
  const scratch = await openScratch();
  const folder = `/srv/${run}`;
  fs.mkdirSync(path.join(folder, "small"), { recursive: true });
  const tool = async (file: string, ...args: string[]) => (await exec(file, args)).stdout.trim();
  await tool("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path.join(folder, "small"));
  // the kernel's log, which tells of kills for want of memory where cgroups do not
  const hasKernelLog = fs.existsSync("/dev/kmsg");
  if (!hasKernelLog) await tool("mknod", "/dev/kmsg", "c", "1", "11");
  const docker = cliOf(SOCKET);
  const image = `${run}:causes`;
  const pm2 = createPm2Rig();
  // the daemon looks at memory twice a minute unless told
  await Promise.all([makeImage(docker, image), pm2.start([pm2.app, "--name", run], { PM2_WORKER_INTERVAL: "300" })]);

  const cards: { service: string; cause: Cause; took: number }[] = [];
  const happened: Kept[] = [];
  const ending = new AbortController();
  await recordHappenings();
  await explainFailures();
  const began = new Map<string, number>();
  const own = await recorder();
  own.onHappened((one) => {
    if (!one.service.includes(run)) return;
    happened.push(one);
    began.set(`${one.service} ${one.at}`, performance.now());
  });
  onCause((service, cause) => {
    const from = began.get(`${service} ${cause.at}`);
    if (service.includes(run)) cards.push({ service, cause, took: from === undefined ? 0 : performance.now() - from });
  });
  const sources = [
    createSystemd({ host: "local", mode: "system" }),
    createDocker({ host: "local", endpoint: SOCKET, scope: "docker", owner: run }),
    createPm2({ host: "local", home: pm2.home, user: null }),
  ];
  for (const source of sources) watchSupervisor(source, ending.signal);
  await firstLook(10_000);

  const units = new Set<string>();
  const containers = new Set<string>();
  return {
    folder,
    cards,
    happened,
    tool,
    pm2,
    /** Writes a file of the services' own. */
    file(name: string, text: string, mode = 0o644): string {
      const full = path.join(folder, name);
      fs.writeFileSync(full, text, { mode });
      return full;
    },
    /** Writes units; systemd is to be told after the last. */
    unit(name: string, service: string[], unit: string[] = []): string {
      const full = `${run}-${name}.service`;
      units.add(full);
      fs.writeFileSync(path.join(UNITS, full), ["[Unit]", ...unit, "[Service]", ...service, ""].join("\n"));
      return full;
    },
    /** Has systemd read what was written, and waits until every one of these was looked at. */
    async seen(ids: readonly string[]): Promise<void> {
      await tool("systemctl", "daemon-reload");
      await until(() => ids.every((id) => own.seen(id) !== null));
    },
    until,
    kinds: (id: string) => happened.filter(({ service }) => service === id).map(({ kind }) => kind),
    async container(name: string, options: string[], command: string[], from = image): Promise<string> {
      const full = `${run}-${name}`;
      containers.add(full);
      // an engine that cannot start it says so by its exit code, and that is what is wanted
      await docker("run", "--detach", "--name", full, "--label", "trihelm.test=1", ...options, from, ...command).catch(
        () => "",
      );
      return full;
    },
    /** The newest card of a service that fits. */
    async card(service: string, fits: (cause: Cause) => boolean = () => true, seconds = 20): Promise<Cause> {
      for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(20)) {
        const found = cards.findLast((one) => one.service.endsWith(`/${service}`) && fits(one.cause));
        if (found) return found.cause;
      }
      const of = (list: readonly { service: string }[]) => list.filter((one) => one.service.endsWith(`/${service}`));
      throw new Error(
        `no such card of ${service}: ${JSON.stringify({ cards: of(cards), happened: of(happened) }, null, 1)}`,
      );
    },
    async close() {
      ending.abort();
      await tool("systemctl", "stop", ...units).catch(() => "");
      await tool("systemctl", "reset-failed", ...units).catch(() => "");
      for (const unit of units) fs.rmSync(path.join(UNITS, unit), { force: true });
      await tool("systemctl", "daemon-reload");
      if (containers.size > 0) await docker("rm", "--force", ...containers);
      await docker("rmi", "--force", image);
      await pm2.close();
      for (const source of sources) source.close();
      await own.flush();
      await scratch.close();
      await tool("umount", path.join(folder, "small"));
      fs.rmSync(folder, { recursive: true, force: true });
      if (!hasKernelLog) fs.rmSync("/dev/kmsg");
    },
  };
}

async function until(holds: () => boolean, seconds = 20): Promise<void> {
  for (const end = performance.now() + seconds * 1000; !holds(); await sleep(20))
    if (performance.now() > end) throw new Error(`it does not hold after ${seconds} s: ${holds}`);
}
