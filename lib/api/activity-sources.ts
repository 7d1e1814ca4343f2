/** What activity is made of: each kind read from where it is kept, in the words of one line. */
import type { AuditEntry } from "#lib/audit/query.ts";
import { readTrail } from "#lib/audit/store.ts";
import { decoded } from "#lib/format/decoded.ts";
import type { Job, JobKind } from "#lib/jobs/job.ts";
import { readJobs } from "#lib/jobs/read.ts";
import type { ActivityItem, ActivityKind, ActivitySource, SourceQuery } from "#lib/services/events/activity.ts";
import { happeningWords, severityOf } from "#lib/services/events/happening-words.ts";
import { readHappened } from "#lib/services/events/store.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { alertActivity } from "./activity-alerts.ts";

const MOST_AT_ONCE = 500;
/** about accounts and their secrets: the audit trail tells those to whoever manages them */
const PRIVATE = /^(session|token|user|audit)\./;
/** what an action of these did is told by the event that came of it, with who asked */
const TOLD = new Set(["start", "stop", "restart", "pause", "unpause", "kill"].map((action) => `service.${action}`));

/** `kind`: the only one that is asked for; actions then hold also what events tell in any case. */
export function activitySources(kind: ActivityKind | null): ActivitySource[] {
  return [happenings, actionSource(kind === "action"), jobs, alertActivity];
}

const happenings: ActivitySource = {
  kind: "happening",
  async read(query) {
    return (await readHappened(query)).map(({ service, id, ...event }) => {
      const isHost = !service.includes("/");
      const item: ActivityItem = {
        ...{ at: event.at, kind: "happening", service: isHost ? null : service },
        ...{ title: isHost ? "This server" : titleOf(service), words: happeningWords(event) },
        ...{ by: event.by, severity: severityOf(event), event },
      };
      return { item, key: keyOf(id) };
    });
  },
};

function actionSource(isAll: boolean): ActivitySource {
  const isShown = ({ action, outcome }: AuditEntry) =>
    outcome !== "intended" && !PRIVATE.test(action) && (isAll || outcome !== "done" || !TOLD.has(action));
  return {
    kind: "action",
    async read({ until, below, service, limit }) {
      const filter = { until: untilOf({ until, below }), subject: service ?? undefined };
      const found: AuditEntry[] = [];
      for (let before = below ? Number(below) : null; found.length < limit; ) {
        const rows = await readTrail(filter, { limit: MOST_AT_ONCE, before });
        found.push(...rows.filter(isShown));
        if (rows.length < MOST_AT_ONCE) break;
        before = rows.at(-1)!.seq;
      }
      return found.slice(0, limit).map((entry) => ({ item: actionItem(entry), key: keyOf(entry.seq) }));
    },
  };
}

const jobs: ActivitySource = {
  kind: "job",
  async read({ until, below, service, limit }) {
    const filter = { until: untilOf({ until, below }), subject: service ?? undefined };
    const { items } = await readJobs(filter, { limit, cursor: below || null });
    return items.map((job) => ({ item: jobItem(job), key: job.id }));
  },
};

function actionItem({ at, actor, action, subject, outcome, detail }: AuditEntry): ActivityItem {
  const why = detail === null ? "" : `: ${detail}`;
  return {
    ...{ at, kind: "action", service: parseServiceId(subject) ? subject : null, title: titleOf(subject) },
    words: outcome === "done" ? `\`${action}\`` : `\`${action}\` ${outcome}${why}`,
    ...{ by: actor, severity: outcome === "failed" ? "warning" : "info" },
  };
}

const JOB_WORDS: Record<JobKind, string> = {
  backup: "backup",
  verify: "check of a backup",
  drill: "drill of a backup",
  restore: "restore",
  undo: "undoing of a restore",
  files: "restore of files",
  import: "import of a backup",
  clone: "clone",
  delete: "removal",
  prune: "clearing of old backups",
};

function jobItem({ id, createdAt, kind, subject, title, actor, state, message }: Job): ActivityItem {
  return {
    ...{ at: createdAt, kind: "job", service: parseServiceId(subject) ? subject : null, title, by: actor, job: id },
    words: `${JOB_WORDS[kind]} ${state}${message ? `: ${message}` : ""}`,
    severity: state === "failed" ? "warning" : "info",
  };
}

function untilOf({ until, below }: Pick<SourceQuery, "until" | "below">): Date | undefined {
  if (until === null) return undefined;
  // nothing of that moment itself is left
  return new Date(Date.parse(until) - (below === "" ? 1 : 0));
}

function titleOf(id: string): string {
  return parseServiceId(id) ? decoded(id.slice(id.lastIndexOf("/") + 1)) : id;
}

/** Numbers that are in order as text too. */
function keyOf(number: number): string {
  return String(number).padStart(12, "0");
}
