/**
 * Who may speak to this server at all, before anybody signs in: requests that name it by an address it has, and come from
 * its own pages or from no page. This is what stops DNS rebinding and other sites' forms, fetches and streams.
 */
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";

// any port: `ssh -L 9000:127.0.0.1:7420` is a good way to come in, and a hostile page cannot name itself localhost
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** Throws AppError `forbidden` for a foreign `Host`, a foreign `Origin`, or a request that another site's page sent. */
export function admit(headers: Headers): void {
  const host = headers.get("host") ?? "";
  const own = env().baseUrl === null ? null : new URL(env().baseUrl!);
  const named = own !== null && host.toLowerCase() === own.host;
  if (!LOOPBACK.test(host) && !named)
    throw new AppError(
      "forbidden",
      "This Host is not one of this server's own. Set TRIHELM_BASE_URL to the address people use",
    );
  const origin = headers.get("origin");
  if (origin !== null && !isOwnOrigin(origin, host, own))
    throw new AppError("forbidden", "This Origin is not this server's own");
  // a navigation typed or clicked arrives as `none`, `same-origin`, or `cross-site` with mode `navigate`: that reads a page, no data
  const site = headers.get("sec-fetch-site");
  if ((site === "cross-site" || site === "same-site") && headers.get("sec-fetch-mode") !== "navigate")
    throw new AppError("forbidden", "Another site's page sent this request");
}

function isOwnOrigin(origin: string, host: string, own: URL | null): boolean {
  if (own !== null && origin === own.origin) return true;
  return origin === `http://${host}` || origin === `https://${host}`;
}
