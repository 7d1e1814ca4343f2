import { plural } from "#lib/format/plural.ts";
import type { Supervisor } from "#lib/services/service.ts";
import type { Column, Helm } from "./board-columns.ts";

/** What a column says when it has no rows, or cannot have any. */
interface ColumnSaying {
  title: string;
  text: string;
  command: string | null;
}

const THINGS: Record<Helm, { one: string; many: string; reading: string }> = {
  systemd: { one: "unit", many: "units", reading: "reading units" },
  pm2: { one: "process", many: "processes", reading: "reading processes" },
  docker: { one: "container", many: "containers", reading: "reading containers" },
};

/** `75 units`, `1 process`. */
export function things(count: number, helm: Helm): string {
  return plural(count, THINGS[helm].one, THINGS[helm].many);
}

export function readingWords(helm: Helm): string {
  return THINGS[helm].reading;
}

/** Ready and nothing to show: what is missing, and the command that fills it. */
export function emptySaying(column: Column, host: string): ColumnSaying {
  const { helm, title, hidden } = column;
  if (helm === "systemd") {
    return {
      title: "No units of your own yet",
      text:
        hidden > 0
          ? `systemd runs ${things(hidden, helm)} on ${host} that came with the system. One that you write or enable appears here at once.`
          : `systemd has nothing to show on ${host}. A unit that you write or enable appears here at once.`,
      command: "systemctl edit --force --full my-app.service",
    };
  }
  if (helm === "pm2") {
    const users = column.supervisors.filter((s) => s.available).map((s) => s.scope.split("@")[1] ?? s.channel);
    const who = users.length === 1 && users[0] ? `PM2 runs as ${users[0]} on ${host}` : `PM2 runs on ${host}`;
    return {
      title: "No processes yet",
      text: `${who} and has nothing to show. Start one, it appears here at once.`,
      command: "pm2 start app.js --name my-app",
    };
  }
  return {
    title: "No containers yet",
    text: `${title} runs on ${host} and has nothing to show. Start one, it appears here at once.`,
    command: "docker compose up -d",
  };
}

const BLIND: Record<Helm, string> = {
  systemd: "Units may well be running: only this view is blind.",
  pm2: "Processes may well be running: only this view is blind.",
  docker: "Containers may well be running: only this view is blind.",
};

/** What a supervisor in trouble is called in a sentence: with its user where it belongs to one. */
export function supervisorName(supervisor: Pick<Supervisor, "kind" | "scope">): string {
  const name = { systemd: "systemd", pm2: "PM2", docker: "Docker", podman: "Podman" }[supervisor.kind];
  const user = supervisor.scope.split("@")[1];
  return user ? `${name} of ${user}` : name;
}

/** Why there is nothing to see: title, what is still true, what to do. The tool's own words stand beside it. */
export function troubleSaying(supervisor: Supervisor, helm: Helm): { title: string; word: string; rest: string } {
  const name = supervisorName(supervisor);
  switch (supervisor.error?.code) {
    case "denied":
      return { title: `Trihelm may not read ${name}`, word: "no permission", rest: BLIND[helm] };
    case "absent":
      return { title: `${name} is not here`, word: "not here", rest: "" };
    default:
      return { title: `Trihelm cannot reach ${name}`, word: "unreachable", rest: BLIND[helm] };
  }
}

/** The supervisors of a column that need to be spoken of: an absent one only where nothing else is in its place. */
export function troubled(column: Column): Supervisor[] {
  const present = column.supervisors.some((s) => s.available || (s.error !== null && s.error.code !== "absent"));
  const inTrouble = column.supervisors.filter((s) => s.error !== null && (s.error.code !== "absent" || !present));
  // of several that are not here, one says it
  return present ? inTrouble : inTrouble.slice(0, 1);
}

/** Everything the footer says of services that are not shown; null when there is nothing to say. */
export function footerSaying(column: Column, view: { q: string; all: boolean }): { text: string; link: string } | null {
  const { helm, hidden, hiddenMatches } = column;
  const { many } = THINGS[helm];
  if (view.all) {
    const total = column.supervisors.reduce((sum, supervisor) => sum + supervisor.others, 0);
    return total > 0
      ? { text: `All ${things(column.listed, helm)}, those of the system too`, link: "Show fewer" }
      : null;
  }
  if (hidden === 0) return null;
  if (view.q) {
    return hiddenMatches > 0
      ? { text: `${hiddenMatches} of ${hidden} more ${many} match`, link: `Show all ${many}` }
      : null;
  }
  return { text: `${hidden} more ${hidden === 1 ? THINGS[helm].one : many}, none failed`, link: `Show all ${many}` };
}
