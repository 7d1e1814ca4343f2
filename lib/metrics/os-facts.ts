import fs from "node:fs";
import si from "systeminformation";

export interface OsFacts {
  /** `Debian 12` */
  name: string | null;
  /** the distribution asks for a reboot after an upgrade */
  rebootDue: boolean;
}

/** What changes with an upgrade only; slow, so asked seldom. */
export async function readOsFacts(): Promise<OsFacts> {
  const { distro, release } = await si.osInfo();
  const name = `${distro.replace(/ GNU\/Linux$/, "")} ${release}`.trim();
  return {
    name: name || null,
    rebootDue: fs.existsSync("/run/reboot-required") || fs.existsSync("/var/run/reboot-required"),
  };
}
