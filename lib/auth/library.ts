/**
 * The account library carries password, second factor, passkeys and providers. It is loaded when somebody first signs in:
 * it is large, and a server that nobody signs in to does not need it. What it may do is cut down here to what we offer.
 */
import type { BetterAuthOptions } from "better-auth";
import { env } from "#lib/platform/env.ts";
import { logger } from "#lib/platform/logger.ts";
import { peerAddress } from "#lib/platform/peer.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { FRESH } from "./caller.ts";
import { cookiePrefix, isSecure, withOwnCookies } from "./cookie.ts";
import { withHashedSessions } from "./library-rows.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { serverSecret } from "./secret.ts";
import { DAYS_KEPT, endSessions } from "./sessions.ts";
import { findPerson, libraryDatabase, passwordHashOf } from "./store.ts";
import { currentVisit, type Visit, visiting } from "./visit.ts";
import { isRefusal, type Refusal, refusalAt } from "./vouched.ts";

export interface AccountLibrary {
  /** Answers a request below /api/auth. One that comes back from a provider is sent on to `BACK`, or to `refusalAt(…)`. */
  handler: (request: Request) => Promise<Response>;
}

/** A page that goes on by itself: the session's cookie is not sent along on a way that began on another site. */
export const BACK = "/sign-in/done";

const DISABLED = { code: "disabled", message: "This account is disabled. An admin of this server can enable it" };
const CHANGED = { message: "The password was changed meanwhile. Sign in again" };
const UNVERIFIED = { message: "This passkey did not check who holds it. Use one with a fingerprint, face or PIN" };
const ADDRESS = "x-trihelm-address";

/** The one instance of this process. */
export function accountLibrary(): Promise<AccountLibrary> {
  return singleton("auth.library", load);
}

/**
 * A request as the library may see it: with the address that our own rules found, under a name no client can set; with each
 * cookie once, as we read it; and with a session only where it is the caller's, by its token.
 */
export async function requestForLibrary(
  request: Request,
  given: { body: string | null; token: string | null },
): Promise<Request> {
  const headers = await withOwnCookies(request.headers, given.token);
  headers.set(ADDRESS, peerAddress(request.headers));
  const { pathname, search } = new URL(request.url);
  // a query is only for the way back from a provider: what else the library takes by one, the caller may not choose
  const url = new URL(pathname + (pathname.includes("/callback/") ? search : ""), origin());
  return new Request(url, { method: request.method, headers, body: request.method === "GET" ? null : given.body });
}

async function load(): Promise<AccountLibrary> {
  const { oidc } = env();
  const [{ betterAuth }, { APIError, getOAuthState }, { twoFactor, username }, { passkey }, provider] =
    await Promise.all([
      import("better-auth"),
      import("better-auth/api"),
      import("better-auth/plugins"),
      import("@better-auth/passkey"),
      oidc && import("./provider.ts"),
    ]);
  const log = logger("accounts");
  const secure = isSecure();
  const options = {
    appName: "Trihelm",
    baseURL: origin(),
    basePath: "/api/auth",
    secret: serverSecret(),
    telemetry: { enabled: false },
    database: withHashedSessions(await libraryDatabase()),
    // ours: counted before the password is looked at, and told as the API tells errors
    rateLimit: { enabled: false },
    logger: {
      level: "error",
      // of what it hands over only the words of errors: the rest may hold what somebody typed
      log: (_level, message, ...more) => {
        const causes = more.filter((one) => one instanceof Error).map((one) => one.message);
        log.debug({ message, causes }, "the account library says");
      },
    },
    trustedOrigins: (request) => (request ? [request.headers.get("origin") ?? origin()] : [origin()]),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 10,
      maxPasswordLength: 256,
      password: {
        hash: async (password) => noted(await hashPassword(password)),
        verify: ({ hash, password }) => verifyPassword(noted(hash), password),
      },
    },
    session: { expiresIn: DAYS_KEPT * 86_400, disableSessionRefresh: true, freshAge: FRESH / 1000 },
    verification: { storeIdentifier: "hashed" },
    // accounts of a provider are made by our own rules; its tokens are of no use to us and not kept
    account: { updateAccountOnSignIn: false, accountLinking: { enabled: false } },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => {
            const person = await findPerson(session.userId);
            if (!person || person.disabled) throw new APIError("FORBIDDEN", DISABLED);
            // what counts as fresh is when the person proved themselves, which a provider may have seen long ago
            const { provenAt } = currentVisit();
            return provenAt && provenAt < session.createdAt ? { data: { ...session, createdAt: provenAt } } : undefined;
          },
          after: async ({ id, userId }, context) => {
            const { passwordHashes } = currentVisit();
            // a password that was changed while it was checked has ended every session but this one
            if (passwordHashes.size > 0 && !passwordHashes.has((await passwordHashOf(userId)) ?? "")) {
              await endSessions(userId, { id });
              throw new APIError("UNAUTHORIZED", CHANGED);
            }
            if (!context?.path.startsWith("/callback/")) return;
            const state: { replaces?: unknown } | null = await getOAuthState();
            if (typeof state?.replaces === "string") await endSessions(userId, { id: state.replaces });
          },
        },
      },
    },
    advanced: {
      // the one guard of this server has looked at Host and Origin of every request before it comes here
      disableCSRFCheck: true,
      useSecureCookies: false,
      cookiePrefix: cookiePrefix(),
      defaultCookieAttributes: { sameSite: "strict", httpOnly: true, secure, path: "/" },
      // the way back from a provider comes from another site: this one cookie has to survive it
      cookies: { state: { attributes: { sameSite: "lax" } } },
      ipAddress: { ipAddressHeaders: [ADDRESS] },
    },
    plugins: [
      username({ minUsernameLength: 1, maxUsernameLength: 64, usernameValidator: () => true }),
      twoFactor({ issuer: "Trihelm" }),
      passkey({
        rpID: new URL(origin()).hostname,
        rpName: "Trihelm",
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        registration: {
          afterVerification: ({ verification }) => {
            if (!verification.registrationInfo?.userVerified) throw new APIError("FORBIDDEN", UNVERIFIED);
          },
        },
        authentication: {
          afterVerification: ({ verification }) => {
            if (!verification.authenticationInfo.userVerified) throw new APIError("FORBIDDEN", UNVERIFIED);
          },
        },
      }),
      ...(oidc && provider ? [provider.oidcPlugin(oidc)] : []),
    ],
  } satisfies BetterAuthOptions;
  const { handler } = betterAuth(options);
  return {
    handler: (request) =>
      visiting(request.headers.get(ADDRESS) ?? "", async (visit) => arrival(await handler(request), visit)),
  };
}

function noted(hash: string): string {
  currentVisit().passwordHashes.add(hash);
  return hash;
}

const LIBRARY_WORDS: Record<string, Refusal> = {
  access_denied: "access_denied",
  disabled: "disabled",
  state_not_found: "expired",
  state_mismatch: "expired",
  state_invalid: "expired",
  invalid_code: "not_verified",
  issuer_mismatch: "not_verified",
};

/** The library's way on after a provider, with its own and the provider's words left out. */
function arrival(answered: Response, { refusal }: Visit): Response {
  const location = answered.headers.get("location");
  if (location === null || answered.status < 300) return answered;
  const to = new URL(location, origin());
  const isIn = to.origin === new URL(origin()).origin && to.pathname === BACK && refusal === null;
  const word = to.searchParams.get("error") ?? "";
  const known = Object.hasOwn(LIBRARY_WORDS, word) ? LIBRARY_WORDS[word] : undefined;
  const headers = new Headers(answered.headers);
  headers.delete("content-type");
  if (!isIn) headers.set("location", refusalAt(refusal ?? known ?? (isRefusal(word) ? word : "failed")));
  return new Response(null, { status: 302, headers });
}

// passkeys belong to a name; without a base URL people come by a loopback address, and only `localhost` is a name
function origin(): string {
  return env().baseUrl ?? `http://localhost:${env().port}`;
}
