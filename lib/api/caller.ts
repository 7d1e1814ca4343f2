import type { Context } from "hono";
import type { Caller } from "#lib/auth/caller.ts";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";

/** The caller that the gate let through. Throws AppError `internal` on a route that is open to everybody. */
export function callerOf(c: Context): Caller {
  const caller = c.get("caller") as Caller | undefined;
  if (!caller) throw new AppError("internal", "This route has no caller");
  return caller;
}

/** Who asks and from where, for the audit trail. */
export function actorOf(c: Context): { actor: string; address: string } {
  const { actor, address } = callerOf(c);
  return { actor, address };
}

/** Where people reach this server: as it was told, else as this request did. */
export function ownUrl(c: Context): string {
  return env().baseUrl ?? `http://${c.req.header("host")}`;
}
