/** Which containers an engine does not start again with itself. */
import type { BootConcern, BootedBy } from "../boot.ts";
import type { Detail } from "./parse.ts";

/** `scope` is the tool's name at the command line. */
export function bootConcernsOf(known: ReadonlyMap<string, { detail: Detail }>, scope: string): BootConcern[] {
  const found: BootConcern[] = [];
  for (const [name, { detail }] of known) {
    const { status, policy, startedAt } = detail;
    const runs = status === "running" || status === "paused" || status === "restarting";
    const about = { name, title: name };
    if (runs && policy.policy === "no")
      found.push({
        ...about,
        kind: "no-restart-policy",
        words: "It has no restart policy: it stays down after a reboot.",
        command: `${scope} update --restart unless-stopped ${name}`,
        fix: "Give it a restart policy; in its compose file too, or the next `up` takes it away.",
      });
    if (runs && policy.policy === "on-failure")
      found.push({
        ...about,
        kind: "no-restart-policy",
        words: "`on-failure` brings it back only if it ends with an error when the machine goes down.",
        command: `${scope} update --restart unless-stopped ${name}`,
        fix: "Set `unless-stopped`; in its compose file too, or the next `up` takes it away.",
      });
    // with this policy only a person's stop leaves one down
    if (status === "exited" && startedAt !== null && policy.policy === "unless-stopped")
      found.push({
        ...about,
        kind: "stopped-by-hand",
        words: "It was stopped by hand, and `unless-stopped` leaves it down after a reboot too.",
        command: `${scope} start ${name}`,
        fix: "Start it if it is to come back, or leave it.",
      });
  }
  return found;
}

/** `endpoint`: a rootless engine is started by its user, which cannot be seen from here. */
export function bootedByOf(scope: "docker" | "podman", endpoint: string): BootedBy | null {
  if (!/^unix:\/\/(\/var)?\/run\/(docker\.sock|podman\/podman\.sock)$/.test(endpoint)) return null;
  const units = scope === "docker" ? ["docker.service", "snap.docker.dockerd.service"] : ["podman-restart.service"];
  const needed = scope === "docker" ? ["containerd.service"] : [];
  return { units, variable: null, with: needed, kind: "engine-disabled", install: null };
}
