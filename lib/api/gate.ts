/**
 * The one place where permission is decided. Every route says who may call it, beside its path and schemas; a route that
 * says nothing does not let the server start. Nothing here depends on a page, on Next's layers, or on how a path is spelled:
 * it goes by the route that Hono itself matched.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { may, reaches } from "#lib/auth/access.ts";
import { type Caller, identify } from "#lib/auth/caller.ts";
import { watchStream } from "#lib/auth/live.ts";
import type { Verb } from "#lib/auth/role.ts";
import { AppError } from "#lib/platform/errors.ts";
import { serviceId } from "#lib/services/id.ts";

/** Below which the app stands; its registry knows the paths without it. */
const BASE = "/api";

/** Who may call a route. */
export interface RouteAccess {
  /** `open`: anybody, signed in or not; `self`: whoever is signed in, about themselves; else what the role must give */
  verb: Verb | "open" | "self";
  /**
   * what it is about: the service in its path; the services in its query; services that the handler cuts to the caller's
   * own (`filtered`); or nothing that belongs to one service (`host`)
   */
  on: "path" | "query" | "filtered" | "host";
  /** only shortly after signing in, or after a step-up */
  fresh: boolean;
}

declare module "hono" {
  interface ContextVariableMap {
    caller: Caller;
  }
}

/** Spread into `createRoute`: `...access("act", "path")`. */
export function access(verb: RouteAccess["verb"], on: RouteAccess["on"] = "host", { fresh = false } = {}) {
  return { "x-access": { verb, on, fresh } satisfies RouteAccess };
}

/** Every route with who may call it, by `GET /api/v1/services/:host/:scope/:name`. Throws when one does not say. */
export function accessManifest(app: OpenAPIHono): Map<string, RouteAccess> {
  const manifest = new Map<string, RouteAccess>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const {
      method,
      path,
      "x-access": declared,
    } = definition.route as typeof definition.route & { "x-access"?: RouteAccess };
    const name = `${method.toUpperCase()} ${BASE}${path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
    if (!declared) throw new Error(`${name} does not declare who may call it: add ...access(…) from lib/api/gate.ts`);
    manifest.set(name, declared);
  }
  for (const { method, path } of app.routes)
    if (!isMiddleware(path) && !manifest.has(`${method} ${path}`))
      throw new Error(`${method} ${path} is no declared route: define it by createRoute with ...access(…)`);
  return manifest;
}

/** Lets a request through to the route it matched, with its caller, or throws AppError `unauthenticated` or `forbidden`. */
export function gate(manifest: () => Map<string, RouteAccess>): MiddlewareHandler {
  return async (c, next) => {
    const index = matchedRoutes(c).findIndex(({ path }) => !isMiddleware(path));
    const route = matchedRoutes(c)[index];
    const declared = route && manifest().get(`${route.method} ${route.path}`);
    if (declared?.verb === "open") return next();
    const caller = await identify(c.req.raw.headers);
    if (!caller) throw new AppError("unauthenticated", "Sign in, or send a token as `Authorization: Bearer trh_…`");
    // an address that leads nowhere tells so only to those who are let in
    if (!declared) return next();
    refuse(caller, declared, { method: c.req.method, subjects: subjectsOf(c, declared.on, index) });
    c.set("caller", caller);
    await next();
    if (!isStream(c.res)) return;
    if (c.req.raw.method !== "HEAD") c.res = endedWith(c.res, caller);
    // nobody will read it, and nothing else would end what is behind it
    else await c.res.body?.cancel();
  };
}

function refuse(
  caller: Caller,
  { verb, on, fresh }: RouteAccess,
  { method, subjects }: { method: string; subjects: readonly string[] },
): void {
  if (verb !== "self" && verb !== "open") {
    if (!may(caller.access, verb, null))
      throw new AppError("forbidden", `This takes the permission ${verb}, which ${caller.actor} does not have`);
    if (on === "host" && verb !== "read" && caller.access.services !== null)
      throw new AppError(
        "forbidden",
        `This is about the whole server, and ${caller.actor} is limited to some services`,
      );
    const beyond = subjects.find((service) => !reaches(caller.access, service));
    if (beyond !== undefined) throw new AppError("forbidden", `${caller.actor} is limited to other services`);
  }
  // made for one purpose and perhaps lent to a machine: it does not sign its owner out or end other tokens
  if (verb === "self" && caller.kind === "token" && !isReading(method) && !may(caller.access, "manage", null))
    throw new AppError("forbidden", `${caller.actor} may not change its owner's account: sign in for that`);
  if (fresh) requireFresh(caller);
}

/** What `fresh` asks for, where only the request's body tells that it is asked. Throws AppError `forbidden` with `stepUp`. */
export function requireFresh({ freshUntil }: Caller): void {
  if (freshUntil && freshUntil.getTime() <= Date.now())
    throw new AppError("forbidden", "Confirm that it is you: this takes your password or passkey again", {
      extensions: { stepUp: true },
    });
}

/** The services that a request is about; `index` is the route that will answer, among those that matched. */
function subjectsOf(c: Context, on: RouteAccess["on"], index: number): string[] {
  if (on === "query") return c.req.queries("service") ?? [];
  if (on !== "path") return [];
  const { host = "", scope = "", name = "" } = parametersAt(c, index);
  return [serviceId(host, scope, name)];
}

/** A matched route's parameters, already decoded. */
function parametersAt(c: Context, index: number): Record<string, string | undefined> {
  const before = c.req.routeIndex;
  c.req.routeIndex = index;
  try {
    return c.req.param();
  } finally {
    c.req.routeIndex = before;
  }
}

const isReading = (method: string) => method === "GET" || method === "HEAD";
const isMiddleware = (path: string) => path.endsWith("/*") || path === "*";

function isStream(response: Response): boolean {
  return (
    response.body !== null &&
    !/^(application\/(problem\+)?json|text\/html)/.test(response.headers.get("content-type") ?? "")
  );
}

/** The same answer, for as long as its caller may have it. */
function endedWith(response: Response, caller: Caller): Response {
  const reader = response.body!.getReader();
  let release: () => void = () => undefined;
  const isEvents = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = () => {
          // an answer that simply stopped would pass for a whole one; a stream of events comes back and is told why
          if (isEvents) controller.close();
          else controller.error(new DOMException("the caller may not have this any more", "AbortError"));
          void reader.cancel().catch(() => undefined);
        };
        release = watchStream({ caller, end });
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          release();
          controller.close();
        } catch (error) {
          release();
          controller.error(error);
        }
      },
      cancel(reason) {
        release();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
