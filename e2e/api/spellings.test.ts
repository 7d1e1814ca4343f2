/**
 * No way of writing an address, and no header that some framework believes, gives more than the plain request does; with
 * Next's own layer before the pages and without it.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OwnServer, startOwnServer } from "../stage/own-server.ts";
import { everybody } from "../stage/people.ts";
import type { Who } from "./allowed.ts";

const OTHER = "local/docker/umami-db";
/** what is kept from whom: names of services from strangers, of other services from the narrowed, of people from viewers */
const KEPT: Record<string, RegExp> = {
  nobody: /umami|clawdis|cosyworld|vaultwarden|wa-scheduler|stale-admin|late-owner/g,
  guesser: /umami|clawdis|cosyworld|vaultwarden|wa-scheduler|stale-admin|late-owner/g,
  viewer: /stale-admin|late-owner|disabled-admin/g,
  narrowed: /umami|clawdis|cosyworld|vaultwarden|stale-admin|late-owner/g,
};
const TARGETS = [
  "/api/v1/users",
  "/api/v1/audit?limit=50",
  "/api/v1/services?all=1",
  `/api/v1/services/${OTHER}`,
  `/api/v1/services/${OTHER}/logs?tail=5`,
  `/api/v1/logs?service=${encodeURIComponent(OTHER)}`,
  "/api/v1/events",
  "/",
  "/logs",
  `/services/${OTHER}`,
];
const ROUTER_STATE = encodeURIComponent(
  JSON.stringify(["", { children: ["(panel)", { children: ["__PAGE__", {}] }] }, null, "refetch"]),
);
const MIDDLEWARE = "middleware:middleware:middleware:middleware:middleware";
const HEADERS: Record<string, string>[] = [
  { rsc: "1" },
  { rsc: "1", "next-router-state-tree": ROUTER_STATE },
  { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
  { rsc: "1", "next-router-segment-prefetch": "/(panel)/__PAGE__" },
  { "x-middleware-subrequest": MIDDLEWARE },
  { "x-middleware-subrequest": MIDDLEWARE.replaceAll("middleware", "src/middleware") },
  { "x-middleware-subrequest": MIDDLEWARE.replaceAll("middleware", "proxy") },
  { "x-middleware-subrequest-id": "1", "x-middleware-rewrite": "/api/health/live", "x-middleware-next": "1" },
  { "x-nextjs-data": "1" },
  { "x-matched-path": "/api/health/live", "x-invoke-path": "/api/health/live", "x-now-route-matches": "1" },
  { "x-original-url": "/api/health/live", "x-rewrite-url": "/api/health/live", "x-forwarded-uri": "/api/health/live" },
  { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1;host=localhost" },
  { "x-forwarded-host": "localhost", "x-forwarded-proto": "https", "x-forwarded-prefix": "/api/health" },
  { "x-trihelm-peer": "127.0.0.1", "x-trihelm-address": "127.0.0.1", "x-trihelm-wanted": "/" },
  { "x-forwarded-user": "admin", "remote-user": "admin", "x-remote-user": "admin", "x-auth-request-user": "admin" },
  { "next-action": "0".repeat(40), "content-type": "text/plain" },
  { authorization: "Basic YWRtaW46YWRtaW4=" },
  {
    cookie: "trihelm.session_token=; __Host-trihelm.session_token=x; better-auth.session_token=y; __prerender_bypass=z",
  },
  { purpose: "prefetch", "x-prerender-revalidate": "1", "x-next-cache-tags": "x" },
  { "accept-encoding": "identity", te: "trailers", connection: "keep-alive, authorization" },
];

/** The same address, written in other ways. */
function spellingsOf(target: string, url: string): string[] {
  const [at = "", query] = target.split("?");
  const rest = query === undefined ? "" : `?${query}`;
  const last = at.slice(at.lastIndexOf("/") + 1);
  const head = at.slice(0, at.length - last.length);
  const encoded = last.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return [
    ...[`/${at}`, `/.${at}`, `/%2e${at}`, `/x/..${at}`, `/x/%2e%2e${at}`, `//${new URL(url).host}${at}`, `${url}${at}`],
    ...[`${head}/${last}`, `${head}./${last}`, `${head}%2e/${last}`, `${head}x/../${last}`, `${head}x/%2e%2e/${last}`],
    ...[`${at}/`, `${at}//`, `${at}/.`, `${at}.`, `${at}..`, `${at}%2f`, `${at}%5c`, `${at}%00`, `${at}%20`, `${at};x`],
    ...[
      `${at}.json`,
      `${at}.rsc`,
      `${at}.segments/_tree.segment.rsc`,
      `/_next/data/x${at}.json`,
      `/_next/static/..${at}`,
    ],
    ...[
      at.toUpperCase(),
      encoded === last ? `${at}%2e` : head + encoded,
      at.replaceAll("/", "%2f"),
      at.replaceAll("/", "\\"),
    ],
    ...[
      `/api/health/..${at}`,
      `/api/health/%2e%2e/%2e%2e${at}`,
      `/api/health/live/..%2f..%2f..${at}`,
      `/icon.svg/..${at}`,
    ],
    ...[
      `/api/auth/sign-in/..%2f..%2f..${at}`,
      `/sign-in/..${at}`,
      `/_next/image?url=${encodeURIComponent(at)}&w=16&q=1`,
    ],
  ]
    .map((one) => (one.includes("?") ? one : one + rest))
    .concat(
      `${target}${query === undefined ? "?" : "&"}_rsc=abc`,
      `${target}${query === undefined ? "?" : "&"}__nextDataReq=1`,
    );
}

describe.each([{ proxy: true }, { proxy: false }])("with the page layer: $proxy", ({ proxy }) => {
  let server: OwnServer;
  let people: Who[];

  beforeAll(async () => {
    server = await startOwnServer({ proxy });
    people = (await everybody(server)).filter(({ name }) => name in KEPT);
  }, 180_000);
  afterAll(() => server?.stop(), 30_000);

  /** What an answer tells that it must not; what was asked for may be said back. */
  const told = async (who: Who, target: string, headers: Record<string, string> = {}, method = "GET") => {
    const sent = { ...who.headers, ...(headers.authorization && who.headers.authorization ? {} : headers) };
    if (headers.cookie && who.headers.cookie) sent.cookie = `${headers.cookie}; ${who.headers.cookie}`;
    const { status, body } = await server.ask(target, { method, headers: sent, patience: 150 });
    const asked = decodeURIComponent(target.replace(/%(?![0-9a-f]{2})/gi, "")).toLowerCase();
    const found = [...new Set(body.match(KEPT[who.name] as RegExp))].filter((word) => !asked.includes(word));
    if (status >= 500) found.push(`status ${status}`);
    return found.length > 0 ? [`${who.name} ${method} ${target} ${JSON.stringify(headers)}: ${status} ${found}`] : [];
  };

  test("no spelling of an address tells more", { timeout: 240_000 }, async () => {
    const leaks: string[] = [];
    for (const target of TARGETS)
      for (const spelling of spellingsOf(target, server.url))
        leaks.push(...(await Promise.all(people.map((who) => told(who, spelling)))).flat());
    expect(leaks).toEqual([]);
  });

  test("no header tells more", { timeout: 240_000 }, async () => {
    const leaks: string[] = [];
    for (const target of TARGETS)
      for (const headers of HEADERS)
        leaks.push(...(await Promise.all(people.map((who) => told(who, target, headers)))).flat());
    expect(leaks).toEqual([]);
  });

  test("nothing acts that may not", { timeout: 120_000 }, async () => {
    const acted = () =>
      server.database((database) =>
        database.prepare("SELECT count(*) AS rows FROM AuditEntry WHERE action LIKE 'service.%'").get(),
      );
    const before = acted();
    const restart = `/api/v1/services/${OTHER}/restart`;
    const override = ["x-http-method-override", "x-http-method", "x-method-override"].map((name) => ({
      [name]: "POST",
    }));
    for (const who of people) {
      for (const spelling of spellingsOf(restart, server.url))
        await server.ask(spelling, { method: "POST", headers: who.headers, body: {} });
      for (const headers of [...override, ...HEADERS])
        for (const method of ["GET", "POST"])
          for (const target of [restart, `${restart}?_method=POST`])
            await server.ask(target, {
              method,
              headers: { ...headers, ...who.headers },
              ...(method === "POST" ? { body: {} } : {}),
            });
    }
    expect(acted()).toEqual(before);
  });
});
