import { supervisorContract } from "../contract.ts";
import { openRig } from "./contract-rig.ts";

supervisorContract("systemd", openRig, { ownsDaemon: false });
