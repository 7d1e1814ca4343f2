/** What runs in PM2 beside what `pm2 save` wrote: that is what `pm2 resurrect` brings back at boot. */
import path from "node:path";
import { z } from "zod";
import type { BootConcern, BootedBy } from "../boot.ts";
import { SupervisorError } from "../supervisor.ts";
import { isAlive, type Pm2Process } from "./parse.ts";

const entries = z.array(
  z.object({
    name: z.union([z.string(), z.number().transform(String)]),
    namespace: z.string().min(1).catch("default"),
    status: z.string().catch("online"),
    pm_exec_path: z.string().catch(""),
  }),
);

type Saved = z.infer<typeof entries>[number];

/** Names and paths of the dump's entries; their environments are left behind. Throws `refused` for what PM2 does not write. */
export function parseSaved(text: string): Saved[] {
  try {
    return entries.parse(JSON.parse(text));
  } catch (error) {
    throw new SupervisorError("refused", "PM2's dump is not what `pm2 save` writes", { cause: error });
  }
}

/** `saved`: null where nothing was ever saved. `command`: what saves them. */
export function bootConcernsOf(
  apps: ReadonlyMap<string, readonly Pm2Process[]>,
  saved: readonly Saved[] | null,
  command: string,
): BootConcern[] {
  const found: BootConcern[] = [];
  const left = new Set(saved);
  const fix = "Save the list once PM2 runs what it is to bring back.";
  for (const [name, members] of apps) {
    const [first] = members;
    // modules come back by PM2's own list of them
    if (!first || first.module) continue;
    const own = (saved ?? []).filter((one) => one.name === first.name && one.namespace === first.namespace);
    for (const one of own) left.delete(one);
    const words = wordsOf(members, own);
    if (words)
      found.push({ name, title: name, kind: own.length > 0 ? "save-out-of-date" : "not-saved", words, command, fix });
  }
  for (const name of new Set([...left].filter(({ status }) => status !== "stopped").map((one) => one.name)))
    found.push({
      name: null,
      title: name,
      kind: "save-out-of-date",
      words: `\`${name}\` is saved, and is none of PM2's apps any more: it is started at boot.`,
      command,
      fix,
    });
  return found;
}

/** The unit that `pm2 startup` writes. */
export function bootedByOf(home: string, user: string): BootedBy {
  const folder = path.basename(home) === ".pm2" ? path.dirname(home) : home;
  const elsewhere = path.basename(home) === ".pm2" ? "" : ` PM2_HOME=${quoted(home)}`;
  return {
    units: [`pm2-${user}.service`, "pm2.service"],
    variable: { name: "PM2_HOME", value: home },
    with: [],
    kind: "no-startup",
    install: `sudo env PATH=$PATH${elsewhere} pm2 startup systemd -u ${quoted(user)} --hp ${quoted(folder)}`,
  };
}

/** The line that saves what this daemon runs. */
export function saveCommand(home: string, user: string | null): string {
  const isUsual = path.basename(home) === ".pm2";
  const where = isUsual ? "" : `PM2_HOME=${quoted(home)} `;
  return user === null ? `${where}pm2 save` : `sudo -iu ${quoted(user)} ${isUsual ? "" : `env ${where}`}pm2 save`;
}

function wordsOf(members: readonly Pm2Process[], saved: readonly Saved[]): string | null {
  const running = members.filter((one) => isAlive(one) || one.status === "waiting restart").length;
  const starts = saved.filter(({ status }) => status !== "stopped").length;
  const script = members[0]!.script;
  if (running === 0)
    return starts > 0 ? "It is stopped now, and was not when the list was saved: it is started at boot." : null;
  if (saved.length === 0) return "It is not in the list that PM2 saved: it does not come back.";
  if (starts === 0) return "It was stopped when the list was saved: it comes back stopped.";
  if (starts !== running) return `${running} of its processes run, and ${starts} are saved: so many come back.`;
  const other = saved.find((one) => one.pm_exec_path !== "" && script !== "" && one.pm_exec_path !== script);
  return other ? `It was saved with another script: \`${other.pm_exec_path}\` is started at boot.` : null;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
