/**
 * Who may speak to this server at all, before anybody signs in: requests that name it by an address it has, and come from
 * its own pages or from no page. This is what stops DNS rebinding and other sites' forms, fetches and streams.
 */
import net from "node:net";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";

export interface Door {
  /** somebody may arrive here by a link on another site, as at a page; data and streams are not for that */
  navigable: boolean;
}

// any port: `ssh -L 9000:127.0.0.1:7420` is a good way to come in, and a hostile page cannot name itself localhost
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;
const UNSPECIFIED = new Set(["0.0.0.0", "::"]);

/** Set by the proxy layer: where the browser wants to go. Only used to come back after signing in. */
export const WANTED = "x-trihelm-wanted";

/** Throws AppError `forbidden` for a foreign `Host`, a foreign `Origin`, or a request that another site's page sent. */
export function admit(headers: Headers, { navigable }: Door = { navigable: false }): void {
  const host = (headers.get("host") ?? "").toLowerCase();
  const own = env().baseUrl === null ? null : new URL(env().baseUrl!);
  const named = own !== null && isNameOf(own, host);
  if (!named && !LOOPBACK.test(host) && !isAllowed(host))
    throw new AppError(
      "forbidden",
      "This Host is not one of this server's own. Set TRIHELM_BASE_URL to the address people use",
    );
  const origin = headers.get("origin");
  // under the base URL's name only its own scheme counts: a page of the same name without TLS may be anybody's
  const isOwn = origin === own?.origin || (!named && (origin === `http://${host}` || origin === `https://${host}`));
  if (origin !== null && !isOwn) throw new AppError("forbidden", "This Origin is not this server's own");
  const site = headers.get("sec-fetch-site");
  if ((site === "cross-site" || site === "same-site") && !(navigable && isArrival(headers)))
    throw new AppError("forbidden", "Another site's page sent this request");
}

function isNameOf(own: URL, host: string): boolean {
  return host === own.host || host === `${own.hostname}:${own.protocol === "https:" ? 443 : 80}`;
}

/** A further name, or the address that the server listens on: rebinding needs a name, an address cannot be rebound. */
function isAllowed(host: string): boolean {
  const { allowedHosts, host: listening } = env();
  const bare = host.replace(/:\d{1,5}$/, "");
  if (allowedHosts.includes(host) || allowedHosts.includes(bare)) return true;
  if (net.isIP(listening) === 0 || UNSPECIFIED.has(listening)) return false;
  return bare === (net.isIPv6(listening) ? `[${listening}]` : listening);
}

/** A whole tab that goes to a link; a frame or an embedded object is none. */
function isArrival(headers: Headers): boolean {
  return headers.get("sec-fetch-mode") === "navigate" && (headers.get("sec-fetch-dest") ?? "document") === "document";
}
