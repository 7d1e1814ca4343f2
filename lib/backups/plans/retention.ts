/**
 * Which backups stay: pure, over rows and a clock. Each of last, daily, weekly and monthly names some, and what one of them
 * names stays. Whatever the numbers say, the newest good one stays, so does what somebody pinned, and a safety copy until
 * its time. A damaged one fills no place, and one that nothing newer and good replaces stays: it may be all there is.
 */
import type { Keep } from "../shapes.ts";

export interface Candidate {
  id: string;
  createdAt: Date;
  verifiedAt: Date | null;
  /** null: good, as far as is known */
  damage: string | null;
  /** some of the source was left out, or it comes from elsewhere: it stands for no whole one, nor the other way round */
  partial: boolean;
  /** somebody pinned it */
  kept: boolean;
  /** made before a restore or a removal; `until` null: until somebody removes it */
  safety: { until: Date | null } | null;
  /** the plan that made it; null: made by hand */
  schedule: string | null;
}

export interface Verdict {
  id: string;
  keeps: boolean;
  /** why it stays, or why it goes */
  reasons: string[];
}

export interface RetentionPlan {
  id: string;
  keep: Keep;
  timezone: string;
}

interface Span {
  name: "daily" | "weekly" | "monthly";
  of: (date: Date, timezone: string) => string;
}

const SPANS: readonly Span[] = [
  { name: "daily", of: dayOf },
  { name: "weekly", of: weekOf },
  { name: "monthly", of: (date, timezone) => dayOf(date, timezone).slice(0, 7) },
];

/**
 * For all backups of one source. Each plan judges what it made itself, because plans of one source can leave out different
 * files; what was made by hand, or by a plan that is gone, is judged by all plans there are, and what one keeps stays.
 */
export function planSource(backups: readonly Candidate[], plans: readonly RetentionPlan[], now: Date): Verdict[] {
  const own = new Map<string, string[]>();
  const add = (id: string, reasons: readonly string[]) => own.set(id, [...(own.get(id) ?? []), ...reasons]);
  const known = new Set(plans.map(({ id }) => id));
  const byHand = backups.filter(({ schedule }) => schedule === null || !known.has(schedule));
  for (const { id, keep, timezone } of plans) {
    const made = backups.filter(({ schedule }) => schedule === id);
    for (const group of [made, byHand])
      for (const verdict of planRetention(group, keep, { now, timezone }))
        if (verdict.keeps) add(verdict.id, verdict.reasons);
  }
  // nobody has said how many: only what was made for a while goes
  if (plans.length === 0) for (const { id, safety } of backups) if (safety === null) add(id, ["no plan limits it"]);
  for (const { id, reasons } of guards(backups, now)) add(id, reasons);
  return backups.map(({ id }) => {
    const reasons = [...new Set(own.get(id) ?? [])];
    return { id, keeps: reasons.length > 0, reasons: reasons.length > 0 ? reasons : ["no rule keeps it"] };
  });
}

/** For backups that one set of numbers judges. All numbers zero: nothing is limited, and everything stays. */
export function planRetention(
  backups: readonly Candidate[],
  keep: Keep,
  { now, timezone }: { now: Date; timezone: string },
): Verdict[] {
  const reasons = new Map<string, string[]>(backups.map(({ id }) => [id, []]));
  for (const { id, reasons: guarding } of guards(backups, now)) reasons.get(id)!.push(...guarding);
  const counted = newestFirst(backups.filter((one) => isCounted(one, now)));
  if (keep.last + keep.daily + keep.weekly + keep.monthly === 0)
    for (const { id } of counted) reasons.get(id)!.push("nothing is limited");
  for (const [at, { id }] of counted.slice(0, keep.last).entries())
    reasons.get(id)!.push(`last ${at + 1} of ${keep.last}`);
  for (const { name, of } of SPANS) {
    const taken = new Set<string>();
    for (const { id, createdAt } of counted) {
      const span = of(createdAt, timezone);
      if (taken.has(span) || taken.size >= keep[name]) continue;
      taken.add(span);
      reasons.get(id)!.push(`${name} ${span}`);
    }
  }
  return backups.map(({ id }) => {
    const why = reasons.get(id)!;
    return { id, keeps: why.length > 0, reasons: why.length > 0 ? why : ["no rule keeps it"] };
  });
}

/** What stays whatever the numbers say. */
function guards(backups: readonly Candidate[], now: Date): { id: string; reasons: string[] }[] {
  return [false, true].flatMap((partial) =>
    guardsOf(
      backups.filter((one) => one.partial === partial),
      now,
    ),
  );
}

function guardsOf(backups: readonly Candidate[], now: Date): { id: string; reasons: string[] }[] {
  const newestGood = newestFirst(backups.filter((one) => isGood(one) && !isAhead(one, now)))[0] ?? null;
  const newestWhole = newestFirst(backups.filter((one) => one.damage === null && !isAhead(one, now)))[0] ?? null;
  return backups.map((one) => ({
    id: one.id,
    reasons: [
      one.kept && "pinned",
      isSafe(one, now) && "a safety copy",
      isAhead(one, now) && "dated in the future",
      one.id === newestGood?.id && "the newest good one",
      one.id === newestWhole?.id && newestWhole.id !== newestGood?.id && "the newest, not verified yet",
      one.damage !== null &&
        !(newestGood && newestGood.createdAt > one.createdAt) &&
        "damaged, and nothing good is newer",
    ].filter((reason) => reason !== false),
  }));
}

const isGood = ({ verifiedAt, damage }: Candidate) => verifiedAt !== null && damage === null;
const isSafe = ({ safety }: Candidate, now: Date) => safety !== null && (safety.until === null || safety.until > now);
/** a clock that was wrong for a while must not make everything after it look old */
const isAhead = ({ createdAt }: Candidate, now: Date) => createdAt > now;
/** takes a place among those that the numbers count */
const isCounted = (one: Candidate, now: Date) =>
  one.damage === null && !one.kept && one.safety === null && !isAhead(one, now);

function newestFirst(backups: readonly Candidate[]): Candidate[] {
  return backups.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-21`, as a calendar there shows it. */
function dayOf(date: Date, timezone: string): string {
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat("en-CA", { timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit" });
  formats.set(timezone, format);
  return format.format(date);
}

/** `2026-W47`: weeks begin on Monday and belong to the year of their Thursday. */
function weekOf(date: Date, timezone: string): string {
  const thursday = new Date(`${dayOf(date, timezone)}T00:00:00Z`);
  thursday.setUTCDate(thursday.getUTCDate() + 3 - ((thursday.getUTCDay() + 6) % 7));
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 86_400_000));
  return `${year}-W${String(week).padStart(2, "0")}`;
}
