/** The API in this process over a scratch database, with one person of each role: what its tests call it through. */
import { afterAll, beforeAll } from "vitest";
import { bearer, oneOfEach } from "#lib/auth/people-rig.ts";
import type { Role } from "#lib/auth/role.ts";
import type { Person } from "#lib/auth/store.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { stampOf } from "#lib/platform/peer.ts";
import { createApp } from "./app.ts";

/** a role's own token, the headers of `bearer` or `signedIn`, or nobody */
type As = Role | Record<string, string> | null;

export interface Call {
  /** the admin unless told */
  as?: As;
  method?: string;
  body?: unknown;
  /** as it is, in place of `body` */
  raw?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal | null;
  /** where the request comes from */
  address?: string;
}

export interface ApiRig {
  app: ReturnType<typeof createApp>;
  /** people by their role, once the tests run */
  people: Record<Role, Person>;
  folder: () => string;
  request: (path: string, call?: Call) => Promise<Response>;
  /** The same with the body read as JSON; null where there is none. */
  call: (method: string, path: string, body?: unknown, call?: Call) => Promise<Answer>;
}

interface Answer {
  status: number;
  headers: Headers;
  body: Awaited<ReturnType<Response["json"]>>;
}

/** Opened before the tests of a file, and closed after them. */
export function scratchApi(): ApiRig {
  const app = createApp();
  const people = {} as Record<Role, Person>;
  const tokens = new Map<Role, Record<string, string>>();
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  beforeAll(async () => {
    scratch = await openScratch();
    Object.assign(people, await oneOfEach());
    for (const person of Object.values(people)) tokens.set(person.role, await bearer(person, { name: "own" }));
  });
  afterAll(() => scratch.close());

  const request = async (path: string, { as = "admin", method = "GET", body, raw, headers, ...rest }: Call = {}) =>
    app.request(path, {
      method,
      headers: {
        host: "localhost:7420",
        ...Object.fromEntries([stampOf(rest.address ?? "192.0.2.1")]),
        ...(typeof as === "string" ? tokens.get(as) : as),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: raw ?? (body === undefined ? null : JSON.stringify(body)),
      signal: rest.signal ?? null,
    });
  const call = async (method: string, path: string, body?: unknown, given: Call = {}) => {
    const answer = await request(path, { ...given, method, body });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? null : JSON.parse(text) };
  };
  return { app, people, folder: () => scratch.folder, request, call };
}
