import { supervisorContract } from "../contract.ts";
import { openEngine, openRig } from "./contract-rig.ts";

const MACHINE = "unix:///var/run/docker.sock";

supervisorContract("docker, this machine's engine", () => openRig(MACHINE, "trihelm-dk"), { ownsDaemon: false });

supervisorContract("docker, an engine that ends and comes back", async () => {
  const engine = await openEngine();
  const rig = await openRig(engine.endpoint, "trihelm-dk2", engine.daemon);
  return { ...rig, close: () => rig.close().then(engine.close) };
});
