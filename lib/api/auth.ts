/**
 * Sign-in, sign-out, second factors, passkeys and a provider, as the account library gives them below /api/auth. Only what is
 * listed in auth-routes.ts exists: the library has more, and each of those paths would be a door that nobody looks at.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type Asked, audited, auditedEnd } from "#lib/audit/audited.ts";
import { claimAttempt, claimRequest } from "#lib/auth/attempts.ts";
import { type Caller, identifySession } from "#lib/auth/caller.ts";
import { challengeOf, sessionTokenOf, setsSession } from "#lib/auth/cookie.ts";
import { accountLibrary, BACK, requestForLibrary } from "#lib/auth/library.ts";
import { recheckCallers } from "#lib/auth/live.ts";
import { endStreamsOf } from "#lib/auth/open-streams.ts";
import { pretendToVerify } from "#lib/auth/password.ts";
import { hashSecret } from "#lib/auth/secret.ts";
import { endSessions } from "#lib/auth/sessions.ts";
import {
  deleteChallenges,
  findPersonByChallenge,
  findPersonByName,
  findSession,
  hasSessionFrom,
  type Person,
  passwordHashOf,
} from "#lib/auth/store.ts";
import { isRefusal, type Refusal, refusalAt, refused } from "#lib/auth/vouched.ts";
import { env } from "#lib/platform/env.ts";
import { AppError, type ErrorCode } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { peerAddress } from "#lib/platform/peer.ts";
import { LIBRARY_ROUTES, type LibraryRoute, PROVIDER_BEGIN, PROVIDER_RETURN } from "./auth-routes.ts";
import { access } from "./gate.ts";

type Body = Record<string, unknown>;

const MOST = 64 * 1024;

export const authRoutes = new OpenAPIHono();
for (const route of LIBRARY_ROUTES) {
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
  authRoutes.on(method.toUpperCase(), `/auth${path}`, (c) =>
    path === PROVIDER_RETURN ? comeBack(c, route) : answer(c, route),
  );
}

async function answer(c: Context, route: LibraryRoute): Promise<Response> {
  const { headers } = c.req.raw;
  const isOfProvider = route.path === PROVIDER_BEGIN || route.path === PROVIDER_RETURN;
  if (isOfProvider && env().oidc === null) throw new AppError("not_found", "No provider is configured on this server");
  // a proxy's header or a token signs nobody in here: what the library changes is the session's
  const caller = route.verb === "self" ? withSession(c.get("caller"), route) : await identifySession(headers);
  const address = peerAddress(headers);
  const isForAnybody = route.verb === "open" && !route.guess;
  if (isForAnybody) claimRequest({ address, account: caller?.person.name ?? null });
  const body = route.method === "get" ? null : prepared(route, await readBody(c, route), caller);
  const tried = typeof body?.username === "string" && body.username !== "" ? body.username.slice(0, 64) : null;
  // a name in the body is what is tried, whoever is signed in already
  const person =
    tried === null ? (caller?.person ?? (await halfSignedIn(route, headers))) : await findPersonByName(tried);
  // a name that nobody has may be a password typed into the wrong field: the trail does not keep it
  const account = person?.name ?? null;
  const own = caller !== null && tried === null;
  const known = account !== null && (own || (await hasSessionFrom(account, address)));
  const right = route.guess ? claimAttempt({ address, account: account ?? tried, known, own }) : () => undefined;

  const ask = async () => {
    if (tried !== null && person) await takeAsLong(person, body?.password);
    const token = caller && sessionTokenOf(headers);
    const request = await requestForLibrary(c.req.raw, { body: body && JSON.stringify(body), token });
    const answered = await (await accountLibrary()).handler(request);
    if (answered.status >= 400) throw await asProblem(answered);
    const reason = route.path === PROVIDER_RETURN ? reasonIn(answered) : null;
    if (reason !== null) throw refused(reason);
    return told(route, answered);
  };
  const asked: Asked = {
    actor: caller?.actor ?? account ?? "nobody",
    address,
    action: route.action ?? "",
    subject: account ?? "",
    intent: {},
  };
  const inTrail = isForAnybody && caller === null ? auditedEnd : audited;
  const response = await (route.action === null ? ask() : inTrail(asked, ask, nameOfNew));
  // also a password that a second factor has to follow: the codes are counted themselves
  right();
  if (route.path === "/change-password" && caller) {
    endStreamsOf(caller.person.id);
    await deleteChallenges(caller.person.id);
  }
  // the browser's cookie is another now, or gone: nobody has the old one any more but a thief
  if (caller?.session && setsSession(response.headers)) await endSessions(caller.person.id, { id: caller.session.id });
  if (route.method === "post" && caller) await recheckCallers();
  return response;
}

async function halfSignedIn({ path }: LibraryRoute, headers: Headers): Promise<Person | null> {
  const challenge = path.startsWith("/two-factor/verify-") ? challengeOf(headers) : null;
  return challenge === null ? null : findPersonByChallenge(hashSecret(challenge));
}

/** A person arrives in a tab: whatever happens, they end on a page. */
async function comeBack(c: Context, route: LibraryRoute): Promise<Response> {
  try {
    return await answer(c, route);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "not_found") throw error;
    const reason = error.extensions.signIn;
    return c.redirect(refusalAt(isRefusal(reason) ? reason : "failed"), 302);
  }
}

function withSession(caller: Caller, { path }: LibraryRoute): Caller {
  if (caller.session) return caller;
  if (caller.kind === "token") throw new AppError("forbidden", "Only a person who is signed in can do this, no token");
  if (path === "/sign-out") throw new AppError("forbidden", "The proxy in front signed you in: sign out there");
  throw new AppError("forbidden", "Confirm that it is you: so far only the proxy in front says so", {
    extensions: { stepUp: true },
  });
}

async function readBody(c: Context, { fields = [] }: LibraryRoute): Promise<Body> {
  const text = await c.req.text();
  if (text.length > MOST) throw new AppError("too_large", "The body is larger than 64 KiB");
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? ""))
    throw new AppError("validation", "Send the body as application/json");
  const given = Object.entries(text === "" ? {} : parsed(text));
  return Object.fromEntries(given.filter(([name]) => fields.includes(name)));
}

function parsed(body: string): Body {
  try {
    const value: unknown = JSON.parse(body);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Body;
  } catch (error) {
    throw new AppError("validation", "The body is not valid JSON", { cause: error });
  }
  throw new AppError("validation", "The body is not a JSON object");
}

/** With what the caller may not choose. */
function prepared({ path }: LibraryRoute, given: Body, caller: Caller | null): Body {
  if (path === "/change-password") return { ...given, revokeOtherSessions: true };
  if (path !== PROVIDER_BEGIN) return given;
  const callbackURL = wayBack(given.callbackURL);
  // who is signed in comes to prove it once more: the provider has to ask, and the old session ends with the new one's begin
  const additionalParams = { prompt: "login", max_age: "0" };
  const again = { additionalParams, additionalData: { replaces: caller?.session?.id } };
  return { provider: "oidc", callbackURL, ...(caller ? again : {}) };
}

/** Only our own page, and there only the path to go on to. Throws AppError `validation`. */
function wayBack(given: unknown = BACK): string {
  const url = typeof given === "string" && given.startsWith("/") && URL.canParse(given, "http://here") ? given : "";
  const { origin, pathname, searchParams } = new URL(url, "http://here");
  const next = searchParams.get("next");
  const isOwn = next === null || /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next);
  if (origin !== "http://here" || pathname !== BACK || !isOwn)
    throw new AppError("validation", `callbackURL is ${BACK}, or ${BACK}?next= with a path of this server`);
  return next === null ? BACK : `${BACK}?next=${encodeURIComponent(next)}`;
}

/** The library answers at once for somebody without a password: how long it takes must not tell who that is. */
async function takeAsLong(person: Person, password: unknown): Promise<void> {
  if ((await passwordHashOf(person.id)) === null) await pretendToVerify(typeof password === "string" ? password : "");
}

/** Whose session the answer begins, for the trail: with a passkey or a provider nobody knew before. */
async function nameOfNew(response: Response): Promise<Partial<Asked>> {
  for (const cookie of response.headers.getSetCookie()) {
    const token = sessionTokenOf(new Headers({ cookie }));
    const found = token === null ? null : await findSession(hashSecret(token));
    if (found) return { actor: found.person.name, subject: found.person.name };
  }
  return {};
}

function reasonIn(answered: Response): Refusal | null {
  const location = answered.headers.get("location") ?? "";
  if (location === BACK || location.startsWith(`${BACK}?`)) return null;
  const word = new URL(location, "http://here").searchParams.get("error");
  return isRefusal(word) ? word : "failed";
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
  503: "supervisor_unavailable",
};

async function asProblem(answered: Response): Promise<AppError> {
  const said = (await answered.json().catch(() => null)) as { message?: unknown; code?: unknown } | null;
  const message =
    typeof said?.message === "string" && said.message !== "" ? said.message : "The account library refused";
  const code = CODES[answered.status] ?? "internal";
  if (code === "internal") {
    logger("accounts").error({ status: answered.status, message }, "the account library failed");
    return new AppError("internal", "Something failed inside Trihelm. Its log has the reason");
  }
  return new AppError(code, message, { extensions: isRefusal(said?.code) ? { signIn: said.code } : {} });
}

/** The session is in the cookie, where no script can read it: the library's answers would give it to one. */
async function told({ path }: LibraryRoute, answered: Response): Promise<Response> {
  const isSaid = answered.status < 300 && answered.headers.get("content-type")?.includes("json");
  if (!isSaid) return answered;
  const said: Body | null = await answered.json();
  const headers = new Headers(answered.headers);
  headers.delete("content-length");
  headers.delete("location");
  // a passkey signs in without a second factor, so it has to be one: the device asks for its owner's finger or PIN
  const changed = path === "/passkey/generate-authenticate-options" ? { ...said, userVerification: "required" } : said;
  const text = JSON.stringify(changed, (name, value) =>
    name === "token" && typeof value === "string" ? undefined : value,
  );
  return new Response(text, { status: answered.status, headers });
}
