/** Every route for everybody by every method, with Next's own layer before the pages and without it. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askPage, type OwnServer, startOwnServer } from "../stage/own-server.ts";
import { everybody } from "../stage/people.ts";
import { PAGES, ROUTES, type Verdict, verdict, type Who } from "./allowed.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const MINE = "local/docker/wa-scheduler-api";
const OTHER = "local/docker/umami-db";
/** how a browser asks for a page, and how the router of one that is open does */
const KINDS: Record<string, string>[] = [{}, { rsc: "1" }, { rsc: "1", "next-router-prefetch": "1" }];
const root = path.dirname(path.dirname(import.meta.dirname));

interface Document {
  paths: Record<string, Record<string, unknown>>;
}

describe.each([{ proxy: true }, { proxy: false }])("with the page layer: $proxy", ({ proxy }) => {
  let server: OwnServer;
  let people: Who[];
  let document: Document;

  beforeAll(async () => {
    server = await startOwnServer({ proxy });
    people = await everybody(server);
    document = JSON.parse(
      (await server.ask("/api/v1/openapi.json", { headers: by("viewer").headers })).body,
    ) as Document;
  }, 180_000);
  afterAll(() => server?.stop(), 30_000);

  const by = (name: string) => people.find((one) => one.name === name) as Who;

  test("the table knows every route that there is, and no other", () => {
    const routes = Object.entries(document.paths).flatMap(([at, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${at}`),
    );
    expect(routes.sort()).toEqual(Object.keys(ROUTES).sort());
  });

  test("a list holds what is within its caller's patterns alone", async () => {
    const { headers } = by("narrowed");
    const named = /umami|clawdis|cosyworld|vaultwarden|caddy|fondation/;
    const { items } = JSON.parse((await server.ask("/api/v1/services?all=1", { headers })).body) as {
      items: { id: string }[];
    };
    expect(items.map(({ id }) => id).sort()).toEqual(
      ["api", "dragonfly", "worker"].map((name) => `local/docker/wa-scheduler-${name}`),
    );
    for (const target of ["/api/v1/services?all=1", "/api/v1/events", "/", "/logs", `/services/${OTHER}`])
      for (const more of KINDS.slice(0, 2)) {
        const { body } = await askPage(server, target, { ...headers, ...more });
        expect(
          named.exec(target === `/services/${OTHER}` ? body.replaceAll("umami-db", "") : body)?.[0],
          target,
        ).toBeUndefined();
      }
    const cut = await server.ask(`/api/v1/services`, { headers: by("reader").headers });
    for (const { actions } of (JSON.parse(cut.body) as { items: { actions: string[] }[] }).items)
      expect(actions).toEqual([]);
  });

  test("pages are for those who are signed in, and each is in the table", { timeout: 60_000 }, async () => {
    const built = JSON.parse(
      fs.readFileSync(path.join(root, ".next/standalone/.next/server/app-paths-manifest.json"), "utf8"),
    ) as Record<string, string>;
    const pages = Object.keys(built).filter((page) => page.endsWith("/page"));
    expect(pages.filter((page) => !(page in PAGES))).toEqual([]);
    for (const who of people)
      for (const page of pages) {
        const { need, path: at } = PAGES[page] as (typeof PAGES)[string];
        for (const more of KINDS) {
          const answer = await askPage(server, at, { ...who.headers, ...more });
          const label = `${who.name}: ${at} ${JSON.stringify(more)} ${answer.status}`;
          if (need !== "anybody" && who.role === null) expect(facts(answer.body), label).toEqual([]);
          if (need !== "anybody" && who.role === null && !("rsc" in more))
            expect([302, 303, 307], label).toContain(answer.status);
          if (need === "admin" && who.role !== "admin") expect(others(answer.body, who), label).toEqual([]);
          if (need === "viewer" && who.role === "viewer") expect(answer.status, label).toBe(200);
        }
      }
  });

  test("everybody gets what their role gives, and nothing else", { timeout: 240_000 }, async () => {
    const wrong: string[] = [];
    const check = async (who: Who, at: string, method: string, service: string) => {
      const rule = ROUTES[`${method === "HEAD" ? "GET" : method} ${at}`];
      const isReading = method === "GET" || method === "HEAD";
      const target = targetOf(at, service);
      const body = isReading || method === "OPTIONS" ? undefined : {};
      const answer = await server.ask(target, { method, headers: who.headers, body, patience: 20 });
      const own = rule?.need === "anybody" || rule?.session === true;
      const problem = rule
        ? breach(answer, verdict(who, rule, service === MINE, isReading), { who, own })
        : leakOfNothing(answer, who, `${method} ${at}`);
      if (problem) wrong.push(`${who.name}: ${method} ${target} ${problem}`);
    };
    for (const at of signOutLast(Object.keys(document.paths)))
      for (const method of at.endsWith("/sign-out") ? METHODS.toSorted(postLast) : METHODS)
        for (const service of /\{host\}|\/logs/.test(at) ? [MINE, OTHER] : [MINE])
          await Promise.all(people.map((who) => check(who, at, method, service)));
    expect(wrong).toEqual([]);
  });
});

/** What only those see who are signed in: names of services. */
function facts(body: string): string[] {
  return [...new Set(body.match(/wa-scheduler-\w+|umami|clawdis\w*|cosyworld|vaultwarden|fondation/g))].filter(
    (word) => !body.includes(`next=%2Fservices%2Flocal%2Fdocker%2F${word}`) && word !== "wa-scheduler-api",
  );
}

/** Names of others. */
function others(body: string, who: Who): string[] {
  return ["stale-admin", "disabled-admin", "expired-admin", "late-owner"].filter(
    (name) => name !== who.name && body.includes(name),
  );
}

function targetOf(at: string, service: string): string {
  const [host = "", scope = "", name = ""] = service.split("/");
  const filled = at.replace("{host}", host).replace("{scope}", scope).replace("{name}", name);
  const target = filled.replace("{action}", "restart").replace(/\{(id|key)\}/, "nobody-of-this-name");
  return /\/v1\/logs/.test(at) ? `${target}?service=${encodeURIComponent(service)}` : target;
}

const postLast = (a: string, b: string) => Number(a === "POST") - Number(b === "POST");

/** Signing out ends the session that all the other requests are made with. */
function signOutLast(paths: string[]): string[] {
  const last = (at: string) => (at.endsWith("/sign-out") ? 1 : 0);
  return [...paths].sort((a, b) => last(a) - last(b));
}

interface Told {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

/** What is wrong with an answer, or null. `own`: the route may refuse in words of its own, once the gate has let it through. */
function breach(answer: Told, expected: Verdict, { who, own }: { who: Who; own: boolean }): string | null {
  const { status, body } = answer;
  const said = `${status} where it must be ${expected}: ${body.slice(0, 200)}`;
  if (status >= 500) return said;
  if (expected === "in") return who.broken || own || (status !== 401 && status !== 403) ? null : said;
  // a browser's own business: the account library refuses a token as it refuses everybody without a session
  if (expected === "forbidden" && who.kind === "token" && own && [401, 404].includes(status)) return null;
  if (status !== (expected === "unauthenticated" ? 401 : 403)) return said;
  if (body === "") return null;
  if (!String(answer.headers["content-type"]).startsWith("application/problem+json"))
    return `${said} (not as a problem)`;
  const { stepUp = false } = JSON.parse(body) as { stepUp?: boolean };
  return stepUp === (expected === "step-up") ? null : `${said} (stepUp: ${stepUp})`;
}

const IS_LIKE_AN_ACTION = /\/\{name\}\/[a-z-]+$/;

/** A method that a path does not have does nothing and tells nothing. */
function leakOfNothing({ status, body }: Told, who: Who, asked: string): string | null {
  if (asked.startsWith("OPTIONS") && status === 204 && body === "") return null;
  const allowed = who.role === null ? [401, 405] : [403, 404, 405];
  // by its shape an action of a service, if an unknown one
  if (who.role !== null && asked.startsWith("POST") && IS_LIKE_AN_ACTION.test(asked)) allowed.push(400);
  return allowed.includes(status) ? null : `${status} by a method that is not there: ${body.slice(0, 200)}`;
}
