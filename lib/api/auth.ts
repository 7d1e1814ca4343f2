/**
 * Sign-in, sign-out, second factors and passkeys, as the account library gives them below /api/auth. Only what is listed
 * here exists: the library has more, and each of those paths would be a door that nobody looks at.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type Asked, audited } from "#lib/audit/audited.ts";
import { claimAttempt } from "#lib/auth/attempts.ts";
import { identify } from "#lib/auth/caller.ts";
import { accountLibrary, requestForLibrary } from "#lib/auth/library.ts";
import { endStreamsOf, recheckCallers } from "#lib/auth/live.ts";
import { findPerson, hasSessionFrom } from "#lib/auth/store.ts";
import { AppError, type ErrorCode } from "#lib/platform/errors.ts";
import { peerAddress } from "#lib/platform/peer.ts";
import { access } from "./gate.ts";

interface LibraryRoute {
  method: "get" | "post";
  path: string;
  summary: string;
  verb: "open" | "self";
  fresh?: boolean;
  /** what the trail calls it; null: it changes nothing */
  action: string | null;
  /** a secret is tried here: counted, so that it cannot be guessed */
  guess?: boolean;
}

const ROUTES: readonly LibraryRoute[] = [
  {
    method: "post",
    path: "/sign-in/username",
    summary: "Sign in by name and password",
    verb: "open",
    action: "session.sign-in",
    guess: true,
  },
  {
    method: "post",
    path: "/two-factor/verify-totp",
    summary: "The second step of signing in, and the last of setting it up",
    verb: "open",
    action: "session.second-factor",
    guess: true,
  },
  {
    method: "post",
    path: "/two-factor/verify-backup-code",
    summary: "The second step with a recovery code",
    verb: "open",
    action: "session.recovery-code",
    guess: true,
  },
  {
    method: "get",
    path: "/passkey/generate-authenticate-options",
    summary: "Begin signing in with a passkey",
    verb: "open",
    action: null,
  },
  {
    method: "post",
    path: "/passkey/verify-authentication",
    summary: "Sign in with a passkey",
    verb: "open",
    action: "session.passkey",
  },
  { method: "post", path: "/sign-out", summary: "Sign out", verb: "self", action: "session.sign-out" },
  {
    method: "post",
    path: "/change-password",
    summary: "Change one's password; all other sessions end",
    verb: "self",
    action: "user.password",
    guess: true,
  },
  {
    method: "post",
    path: "/two-factor/enable",
    summary: "Set up a second factor",
    verb: "self",
    fresh: true,
    action: "user.second-factor.begin",
    guess: true,
  },
  {
    method: "post",
    path: "/two-factor/disable",
    summary: "Do without a second factor",
    verb: "self",
    fresh: true,
    action: "user.second-factor.remove",
    guess: true,
  },
  {
    method: "post",
    path: "/two-factor/generate-backup-codes",
    summary: "New recovery codes; the old ones end",
    verb: "self",
    fresh: true,
    action: "user.recovery-codes",
    guess: true,
  },
  {
    method: "get",
    path: "/passkey/generate-register-options",
    summary: "Begin adding a passkey",
    verb: "self",
    fresh: true,
    action: null,
  },
  {
    method: "post",
    path: "/passkey/verify-registration",
    summary: "Add a passkey",
    verb: "self",
    fresh: true,
    action: "user.passkey.add",
  },
  { method: "get", path: "/passkey/list-user-passkeys", summary: "One's passkeys", verb: "self", action: null },
  {
    method: "post",
    path: "/passkey/update-passkey",
    summary: "Rename a passkey",
    verb: "self",
    action: "user.passkey.rename",
  },
  {
    method: "post",
    path: "/passkey/delete-passkey",
    summary: "Remove a passkey",
    verb: "self",
    fresh: true,
    action: "user.passkey.remove",
  },
];

const MOST = 64 * 1024;

export const authRoutes = new OpenAPIHono();
for (const route of ROUTES) {
  const { method, path, summary, verb, fresh = false } = route;
  const responses = { 200: { description: "as the account library answers" } };
  authRoutes.openAPIRegistry.registerPath({
    method,
    path: `/auth${path}`,
    summary,
    tags: ["Accounts"],
    ...access(verb, "host", { fresh }),
    responses,
  });
  authRoutes.on(method.toUpperCase(), `/auth${path}`, (c) => answer(c, route));
}

async function answer(c: Context, route: LibraryRoute): Promise<Response> {
  const body = route.method === "get" ? null : await readBody(c);
  const caller = c.get("caller") ?? (await identify(c.req.raw.headers));
  const address = peerAddress(c.req.raw.headers);
  const named = caller?.person.name ?? nameIn(body);
  // a name that nobody has may be a password typed into the wrong field: the trail does not keep it
  const account = named === null ? null : ((await findPerson(named))?.name ?? null);
  const known = account !== null && (caller !== null || (await hasSessionFrom(account, address)));
  const right = route.guess ? claimAttempt({ address, account: named, known }) : () => undefined;
  const ask = async () => {
    const answered = await (await accountLibrary()).handler(requestForLibrary(c.req.raw, prepared(route, body)));
    if (answered.status >= 400) throw await asProblem(answered);
    return answered;
  };
  const actor = account ?? "nobody";
  const asked: Asked = { actor, address, action: route.action ?? "", subject: account ?? "", intent: {} };
  const answered = await (route.action === null ? ask() : audited(asked, ask));
  right();
  if (route.path === "/change-password" && caller) endStreamsOf(caller.person.id);
  if (route.method === "post") await recheckCallers();
  return withoutTokens(answered);
}

async function readBody(c: Context): Promise<string> {
  const text = await c.req.text();
  if (text.length > MOST) throw new AppError("too_large", "The body is larger than 64 KiB");
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? ""))
    throw new AppError("validation", "Send the body as application/json");
  return text === "" ? "{}" : text;
}

/** What the caller may not choose: a new password ends every other session, always. */
function prepared(route: LibraryRoute, body: string | null): string | null {
  if (body === null) return null;
  const given = parsed(body);
  if (route.path === "/change-password") return JSON.stringify({ ...given, revokeOtherSessions: true });
  if (route.path === "/passkey/verify-registration") return JSON.stringify({ ...given, createSession: false });
  return JSON.stringify(given);
}

function nameIn(body: string | null): string | null {
  const name = body === null ? null : parsed(body).username;
  return typeof name === "string" && name.length > 0 ? name.slice(0, 64) : null;
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new AppError("validation", "The body is not valid JSON", { cause: error });
  }
  throw new AppError("validation", "The body is not a JSON object");
}

const CODES: Record<number, ErrorCode> = {
  400: "validation",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  415: "validation",
  422: "validation",
  429: "rate_limited",
};

async function asProblem(answered: Response): Promise<AppError> {
  const told = (await answered.json().catch(() => null)) as { message?: unknown } | null;
  const message =
    typeof told?.message === "string" && told.message !== "" ? told.message : "The account library refused";
  const code = CODES[answered.status] ?? "internal";
  if (code === "internal") return new AppError("internal", "Something failed inside Trihelm. Its log has the reason");
  return new AppError(code, message);
}

/** The session is in the cookie, where no script can read it: the library's answers would give it to one. */
async function withoutTokens(answered: Response): Promise<Response> {
  if (!answered.headers.get("content-type")?.includes("json")) return answered;
  const told: unknown = await answered.json();
  const headers = new Headers(answered.headers);
  headers.delete("content-length");
  return new Response(
    JSON.stringify(told, (name, value) => (name === "token" && typeof value === "string" ? undefined : value)),
    {
      status: answered.status,
      headers,
    },
  );
}
