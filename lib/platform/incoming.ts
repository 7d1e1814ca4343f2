/**
 * What happens to every request before the framework sees it: it is settled whom it names, who sent it is stamped on it,
 * and its answer gets the headers that say what a browser may do with it.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setBrowserPolicy } from "./browser-policy.ts";
import { stampPeer } from "./peer.ts";
import { singleton } from "./singleton.ts";

/** From now on, for every HTTP server in this process. */
export function prepareRequests(): void {
  singleton("incoming", () => {
    subscribe("http.server.request.start", (message) => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
      settleHost(request);
      stampPeer(request);
      setBrowserPolicy(request, response);
    });
    return true;
  });
}

/**
 * One request names one host. A whole URL as target overrules `Host` (RFC 9112, 3.2.2), so it becomes path and `Host`;
 * with two `Host` lines whoever stands in front may have read the other one, so such a request names none.
 */
function settleHost(request: IncomingMessage): void {
  const named = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length;
  if (named > 1) request.headers.host = "";
  const target = request.url ?? "/";
  if (target.startsWith("/")) return;
  const whole = URL.canParse(target) ? new URL(target) : null;
  request.url = whole ? `${whole.pathname}${whole.search}` : "/";
  if (whole) request.headers.host = named > 1 ? "" : whole.host;
}
