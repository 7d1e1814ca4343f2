/** A made-up server, `hel-1`, for a look around (`TRIHELM_DEMO=1`) and for tests of the pages. */
import type { Supervisor } from "../supervisor.ts";
import { createFake, type FakeSupervisor } from "./adapter.ts";
import { printDemoCodes } from "./demo-code.ts";
import { addDemoContainers } from "./demo-docker.ts";
import { addDemoApps } from "./demo-pm2.ts";
import { addDemoUnits } from "./demo-systemd.ts";
import { addDemoVolumes } from "./demo-volumes.ts";
import { withVolumes } from "./volumes.ts";

const EVERY = 2500;

/** The supervisors of the demo server; their running services say something every few seconds. */
export function demoSupervisors(host = "local"): Supervisor[] {
  const systemd = createFake({ host, scope: "systemd", kind: "systemd", version: "252", channel: "D-Bus" });
  const pm2 = createFake({ host, scope: "pm2@deploy", kind: "pm2", version: "7.0.4", channel: "deploy" });
  const docker = withVolumes(
    createFake({ host, scope: "docker", kind: "docker", version: "27.3.1", channel: "socket" }),
  );
  addDemoUnits(systemd);
  addDemoApps(pm2);
  addDemoContainers(docker);
  addDemoVolumes(docker);
  const stopCodes = printDemoCodes(docker, "wa-scheduler-worker");
  return [systemd, pm2, docker].map((fake) => chatting(fake, fake === docker ? stopCodes : undefined));
}

function chatting(fake: FakeSupervisor, onClose?: () => void): Supervisor {
  let count = 0;
  const timer = setInterval(() => void speak(), EVERY);
  timer.unref();
  const speak = async () => {
    const running = (await fake.list()).filter((record) => record.state === "running");
    const speaker = running[count % Math.max(1, running.length)];
    count += 1;
    if (!speaker) return;
    const milliseconds = 1 + ((count * 7) % 40);
    fake.print(speaker.name, `{"level":"info","msg":"GET /healthz 200","ms":${milliseconds}}`);
  };
  const close = fake.close.bind(fake);
  fake.close = () => {
    clearInterval(timer);
    onClose?.();
    close();
  };
  return fake;
}
