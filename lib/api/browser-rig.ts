/** A browser as far as sign-in goes: it keeps cookies as it is told to, and names its page's origin. For tests. */
import { afterEach, beforeAll, vi } from "vitest";
import { accountLibrary } from "#lib/auth/library.ts";
import { type ApiRig, scratchApi } from "./api-rig.ts";

/** The API with the account library loaded, and every count of wrong tries forgotten after each test. */
export function signInApi(): ApiRig {
  // whole ways through slow hashes, on a machine that does other things too
  vi.setConfig({ testTimeout: 30_000 });
  const api = scratchApi();
  beforeAll(async () => void (await accountLibrary()), 60_000);
  afterEach(() => void Reflect.deleteProperty(globalThis, Symbol.for("trihelm.auth.attempts")));
  return api;
}

interface Shown {
  status: number;
  headers: Headers;
  body: Awaited<ReturnType<Response["json"]>>;
}

export interface Browser {
  cookies: Map<string, string>;
  /** the lines of the last answer */
  setCookies: string[];
  /** what it holds by this name, without what the server puts before it */
  cookie: (name: string) => string | undefined;
  get: (path: string, headers?: Record<string, string>) => Promise<Shown>;
  post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Shown>;
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Shown>;
}

let browsers = 0;

/** A browser that is signed in: give it the headers of `signedIn`. */
export function browserOf(api: ApiRig, { cookie = "" }: Record<string, string>): Browser {
  const at = cookie.indexOf("=");
  return openBrowser(api, { cookies: new Map([[cookie.slice(0, at), cookie.slice(at + 1)]]) });
}

/** Each has an address of its own, so that their wrong tries are counted apart; cookies may be those of another. */
export function openBrowser(api: ApiRig, given: { cookies?: Map<string, string>; origin?: string } = {}): Browser {
  const address = `198.51.100.${++browsers % 250}`;
  const origin = given.origin ?? "http://localhost:7420";
  const cookies = new Map(given.cookies);
  const page: Browser = {
    cookies,
    setCookies: [],
    cookie: (name) => [...cookies].find(([one]) => one.endsWith(`trihelm.${name}`))?.[1],
    get: (path, headers) => page.send("GET", path, undefined, headers),
    post: (path, body = {}, headers) => page.send("POST", path, body, headers),
    async send(method, path, body, headers) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const host = new URL(origin).host;
      const own = {
        host,
        "user-agent": "a test",
        ...(method === "GET" ? {} : { origin }),
        ...(cookie ? { cookie } : {}),
      };
      const answer = await api.request(path, { as: null, method, body, address, headers: { ...own, ...headers } });
      page.setCookies = answer.headers.getSetCookie();
      for (const line of page.setCookies) keep(cookies, line);
      const text = await answer.text();
      const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    },
  };
  return page;
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (/; *max-age=0/i.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}
