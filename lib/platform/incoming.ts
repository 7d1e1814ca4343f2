/**
 * What happens to every request before the framework sees it: it is settled whom it names, who sent it is stamped on it,
 * and its answer gets the headers that say what a browser may do with it.
 */
import { subscribe } from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setBrowserPolicy } from "./browser-policy.ts";
import { stampPeer } from "./peer.ts";
import { singleton } from "./singleton.ts";

/** From now on, for every HTTP server in this process; upgrades are no longer possible on those that listen from now on. */
export function prepareRequests(): void {
  singleton("incoming", () => {
    // No page speaks anything but HTTP here, and the framework would keep a connection that asks for something else on an
    // address it does not know: for ever, and for any other site's page. Unheard, the wish is an ordinary request.
    if (process.env.NODE_ENV !== "development")
      subscribe("tracing:net.server.listen:asyncStart", (message) =>
        (message as { server: EventEmitter }).server.removeAllListeners("upgrade"),
      );
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
 * One request names one host. Where two `Host` lines, or `Host` and a whole URL as target, say different things, whoever
 * stands in front may have believed the other one: such a request names none, and is refused for that.
 */
function settleHost(request: IncomingMessage): void {
  const raw = request.rawHeaders;
  const named = raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === "host");
  const target = request.url ?? "/";
  if (!target.startsWith("/")) {
    const whole = URL.canParse(target) ? new URL(target) : null;
    request.url = whole ? `${whole.pathname}${whole.search}` : "/";
    if (whole) named.push(whole.host);
  }
  if (new Set(named.map((name) => name.toLowerCase())).size > 1) request.headers.host = "";
}
