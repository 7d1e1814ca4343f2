/** Mutes and maintenance windows as people make, see and change them. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Access, reaches } from "#lib/auth/access.ts";
import { checkCron } from "#lib/backups/plans/cron.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { isActive } from "./mute-times.ts";
import { running } from "./running.ts";
import { type Mute, type NewMute, newMuteSchema } from "./shapes.ts";
import { deleteMute, findMute, findRule, putMute, readMutes } from "./store.ts";

const { services, rule, from, until, cron, timezone, lasts, reason } = newMuteSchema.shape;

/** What of one can be changed; what is left out stays. */
export const muteChangeSchema = z.strictObject({
  services: services.unwrap().optional(),
  rule: rule.unwrap().optional(),
  from: from.optional(),
  until: until.unwrap().optional(),
  cron: cron.unwrap().optional(),
  timezone: timezone.unwrap().optional(),
  lasts: lasts.unwrap().optional(),
  reason: reason.unwrap().optional(),
});

type MuteChange = z.infer<typeof muteChangeSchema>;

/** Newest first. Those that silence everything are everybody's to know; others only where all of their services are the caller's. */
export async function listMutes(access: Access): Promise<Mute[]> {
  return (await readMutes()).filter((mute) => mute.services.every((pattern) => reaches(access, pattern)));
}

/** Throws AppError `not_found`, also for one that this caller may not change. */
export async function requireMute(id: string, access: Access): Promise<Mute> {
  const mute = await findMute(id);
  if (mute && mayChange(access, mute.services)) return mute;
  throw new AppError("not_found", `There is no mute ${id}. GET /api/v1/alerts/mutes lists them`);
}

/** Throws AppError `validation` for times that never come, `forbidden` for services beyond the caller's. */
export async function createMute(wanted: NewMute, { access, by }: { access: Access; by: string }): Promise<Mute> {
  const now = timestamp();
  const times = { from: wanted.from === undefined ? now : timestamp(new Date(wanted.from)) };
  const mute: Mute = {
    ...{ ...wanted, ...times, until: wanted.until && timestamp(new Date(wanted.until)) },
    ...{ id: randomUUID(), by, createdAt: now, active: false },
  };
  return put(mute, access);
}

/** Throws as `createMute`. */
export async function changeMute(mute: Mute, change: MuteChange, access: Access): Promise<Mute> {
  const present = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after: Mute = { ...mute, ...present };
  after.from = timestamp(new Date(after.from));
  after.until = after.until && timestamp(new Date(after.until));
  return put(after, access);
}

/** It is over, and what is open of what it silenced is told. */
export async function removeMute({ id }: Mute): Promise<void> {
  await deleteMute(id);
  await running().engine?.mutesChanged();
}

async function put(mute: Mute, access: Access): Promise<Mute> {
  if (!mayChange(access, mute.services))
    throw new AppError("forbidden", "You are limited to some services: name those that it is about");
  const { cron, timezone, lasts, from, until, rule } = mute;
  if (cron !== null) {
    if (timezone === null) throw wrong("timezone", "is named with `cron`, as in Europe/Berlin");
    if (lasts === null) throw wrong("lasts", "says with `cron` how many seconds it goes on each time");
    checkCron(cron, timezone);
  }
  if (until !== null && Date.parse(until) <= Date.parse(from)) throw wrong("until", "is later than `from`");
  if (rule !== null && !(await findRule(rule))) throw wrong("rule", "is the id of a rule: GET /api/v1/alerts/rules");
  await putMute(mute);
  await running().engine?.mutesChanged();
  return { ...mute, active: isActive(mute, Date.now()) };
}

function mayChange(access: Access, patterns: readonly string[]): boolean {
  if (access.services === null) return true;
  return patterns.length > 0 && patterns.every((pattern) => reaches(access, pattern));
}

function wrong(path: string, message: string): AppError {
  return new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}
