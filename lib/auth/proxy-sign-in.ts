/**
 * A reverse proxy that has asked people who they are tells it by a header. It counts only on a connection that comes from
 * one of `TRIHELM_TRUSTED_PROXIES`; from anywhere else it is as if it were not there.
 */
import { env } from "#lib/platform/env.ts";
import { isFromTrustedProxy, peerAddress } from "#lib/platform/peer.ts";
import { groupsInHeader } from "./groups.ts";
import { nameSchema } from "./role.ts";
import type { Person } from "./store.ts";
import { admitVouched, refused } from "./vouched.ts";

/** Whom the proxy names; null: nobody, or it is no proxy of ours. Throws AppError `forbidden` for whom it may not bring in. */
export async function personByProxy(headers: Headers): Promise<Person | null> {
  const setting = env().proxySignIn;
  if (setting === null || !isFromTrustedProxy(headers)) return null;
  const given = headers.get(setting.userHeader)?.trim() ?? "";
  if (given === "") return null;
  // taken as it is or not at all: to make a name fit could make two people one. Two headers arrive as `a, b`, which is none
  const name = nameSchema.safeParse(given);
  if (!name.success) throw refused("proxy_name");
  const groups = groupsInHeader(setting.groupsHeader === null ? null : headers.get(setting.groupsHeader));
  return admitVouched({ via: "proxy", name: name.data, account: null, groups, address: peerAddress(headers) });
}
