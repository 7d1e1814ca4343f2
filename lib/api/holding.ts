/** Whom work on a source would touch besides the source itself. */
import type { Context } from "hono";
import { reaches } from "#lib/auth/access.ts";
import { labelsAllowed } from "#lib/backups/consent.ts";
import { whoIsHeld } from "#lib/backups/quiesce.ts";
import type { Consistency, Source } from "#lib/backups/shapes.ts";
import { resolveSource } from "#lib/backups/sources.ts";
import { AppError } from "#lib/platform/errors.ts";
import { callerOf } from "./caller.ts";

/**
 * Whoever is limited to some services holds no others still, and has no command run in them. Their own labels may ask for
 * either, whatever `how` says. An exchange of content (`exchange`) stops whoever only reads it as well. Throws AppError
 * `forbidden`, and as `resolveSource`.
 */
export async function refuseHolding(c: Context, source: Source, how: Consistency | "exchange"): Promise<void> {
  const { access: allowed, actor } = callerOf(c);
  if (allowed.services === null) return;
  const { users } = await resolveSource(source);
  const asked = await Promise.all(users.map(async (user) => ({ user, labels: await labelsAllowed(user) })));
  const held = await whoIsHeld(
    asked.map(({ user, labels }) => ({
      ...user,
      stops: labels.stop,
      readOnly: user.readOnly && how !== "exchange",
    })),
    how === "exchange" ? "stop" : how,
  );
  const commanded = asked.filter(({ user, labels }) => user.state === "running" && (labels.pre || labels.post));
  const touched = [...held.map(({ service }) => service), ...commanded.map(({ user }) => user.service)];
  if (touched.every((service) => reaches(allowed, service))) return;
  throw new AppError("forbidden", `This holds services still that ${actor} is not let at`);
}
