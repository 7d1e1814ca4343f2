/** Rules about backups that are missing. Pure but for what it is handed. */
import { formatDuration } from "#lib/format/duration.ts";
import type { Desk, Finding } from "./desk.ts";
import { concerns } from "./rule-row.ts";

/** Something that holds data. */
export interface Source {
  key: string;
  title: string;
  services: readonly string[];
  /** of the newest good one, milliseconds since the epoch */
  lastBackup: number | null;
  /** null: it has no plan. `isLate`: a run of it has gone by without a good backup. `since`: when the plan was made */
  plan: { isLate: boolean; since: number } | null;
}

const DAY = 86_400_000;

/** Late: older than the rule says, and none was made when its plan said so. Without a plan only for services that a rule names. */
export function watchBackups(desk: Desk, sources: readonly Source[]): void {
  const now = desk.clock.now();
  for (const rule of desk.rules("backup")) {
    const wrong = sources.flatMap((source): Finding[] => {
      const { key, title, services, lastBackup, plan } = source;
      const service = services.find((id) => concerns(rule, id)) ?? null;
      if (rule.services.length > 0 ? service === null : plan === null) return [];
      const age = now - (lastBackup ?? plan?.since ?? Number.NEGATIVE_INFINITY);
      if ((plan !== null && !plan.isLate) || age <= rule.config.days * DAY) return [];
      const old =
        lastBackup === null ? "It has no good backup" : `Its newest good backup is ${formatDuration(age / 1000)} old`;
      const missed = plan === null ? "" : ", and a run of its plan has gone by without one";
      const finding = { about: `source ${key}`, service, subject: title, title: `Backup of ${title} is overdue` };
      return [{ ...finding, why: `${old}${missed}.` }];
    });
    const known = new Set(sources.map(({ key }) => `source ${key}`));
    desk.whole(rule, wrong, {
      release: (about) => ({ ending: known.has(about) ? "There is a good backup again" : "It is gone", stable: 0 }),
    });
  }
}
