import type { Context } from "hono";

/** Who asks and from where, for the audit trail. Until accounts land everybody who reaches the loopback port is `local`. */
export function callerOf(_c: Context): { actor: string; address: string } {
  return { actor: "local", address: "loopback" };
}
