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
import { cookiePrefix, isSecure } from "./cookie.ts";
import { withHashedSessions } from "./library-rows.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { serverSecret } from "./secret.ts";
import { DAYS_KEPT } from "./sessions.ts";
import { findPerson, libraryDatabase } from "./store.ts";

export interface AccountLibrary {
  /** Answers a request below /api/auth. */
  handler: (request: Request) => Promise<Response>;
}

const DISABLED = "This account is disabled. An admin of this server can enable it";
const ADDRESS = "x-trihelm-address";

/** The one instance of this process. */
export function accountLibrary(): Promise<AccountLibrary> {
  return singleton("auth.library", load);
}

/** A request as the library may see it: with the address that our own rules found, under a name no client can set. */
export function requestForLibrary(request: Request, body: string | null): Request {
  const headers = new Headers(request.headers);
  headers.set(ADDRESS, peerAddress(request.headers));
  const url = new URL(new URL(request.url).pathname + new URL(request.url).search, origin());
  const sent = request.method === "GET" ? null : body;
  return new Request(url, { method: request.method, headers, body: sent });
}

async function load(): Promise<AccountLibrary> {
  const [{ betterAuth }, { APIError }, { twoFactor, username }, { passkey }] = await Promise.all([
    import("better-auth"),
    import("better-auth/api"),
    import("better-auth/plugins"),
    import("@better-auth/passkey"),
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
    logger: { level: "error", log: (_level, message) => log.debug({ message }, "the account library says") },
    trustedOrigins: (request) => (request ? [request.headers.get("origin") ?? origin()] : [origin()]),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 10,
      maxPasswordLength: 256,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    session: { expiresIn: DAYS_KEPT * 86_400, disableSessionRefresh: true, freshAge: FRESH / 1000 },
    verification: { storeIdentifier: "hashed" },
    databaseHooks: {
      session: {
        create: {
          before: async ({ userId }) => {
            const person = await findPerson(userId);
            if (!person || person.disabled) throw new APIError("FORBIDDEN", { message: DISABLED });
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
      passkey({ rpID: new URL(origin()).hostname, rpName: "Trihelm" }),
    ],
  } satisfies BetterAuthOptions;
  return betterAuth(options);
}

// passkeys belong to a name; without a base URL people come by a loopback address, and only `localhost` is a name
function origin(): string {
  return env().baseUrl ?? `http://localhost:${env().port}`;
}
