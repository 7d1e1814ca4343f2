/**
 * Sign-in by an OpenID provider. The library holds state, nonce and PKCE and exchanges the code; here is what it leaves open:
 * the provider's own description is read when somebody signs in, not once at start, so that one which was down then is not
 * forgotten; its token is checked whole; and who comes in is decided by groups.
 */
import {
  createAuthorizationURL,
  type OAuth2Tokens,
  type OAuthProvider,
  validateAuthorizationCode,
  validateToken,
} from "@better-auth/core/oauth2";
import { APIError, type BetterAuthPlugin } from "better-auth";
import { getOAuthState } from "better-auth/api";
import { z } from "zod";
import type { OidcSettings } from "#lib/platform/env-sign-in.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { FRESH } from "./caller.ts";
import { groupsInClaims } from "./groups.ts";
import { nameSchema } from "./role.ts";
import { currentVisit } from "./visit.ts";
import { admitVouched, isRefusal, type Refusal, refused } from "./vouched.ts";

export const PROVIDER = "oidc";

const PATIENCE = 10_000;
const KNOWN_FOR = 10 * 60_000;
const log = logger("oidc");

const descriptionSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url({ protocol: /^https?$/ }),
  token_endpoint: z.url({ protocol: /^https?$/ }),
  jwks_uri: z.url({ protocol: /^https?$/ }),
  userinfo_endpoint: z.url({ protocol: /^https?$/ }).optional(),
  scopes_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
});
type Description = z.infer<typeof descriptionSchema>;
type Claims = Record<string, unknown> & { sub: string };

/** Adds the provider to the library, under the name `oidc`. */
export function oidcPlugin(settings: OidcSettings): BetterAuthPlugin {
  let known: { description: Description; until: number } | null = null;
  const provider = async () => {
    if (!known || known.until <= Date.now())
      known = { description: await describe(settings.issuer), until: Date.now() + KNOWN_FOR };
    return providerOf(settings, known.description);
  };
  return {
    id: "trihelm-oidc",
    // the library asks for a provider that is a function each time anew
    init: ({ socialProviders }) => ({
      context: { socialProviders: [provider as unknown as OAuthProvider, ...socialProviders] },
    }),
  };
}

function providerOf(settings: OidcSettings, description: Description): OAuthProvider<Claims> {
  const options = { clientId: settings.clientId, clientSecret: settings.clientSecret };
  const { issuer, authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint } = description;
  const ways = description.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const scopes = ["openid", "profile", "email"];
  if (description.scopes_supported?.includes("groups")) scopes.push("groups");
  return {
    id: PROVIDER,
    name: settings.name,
    issuer,
    requiresIdTokenNonce: true,
    disableSignUp: true,
    options: { disableSignUp: true, disableIdTokenSignIn: true },
    accountSubject: ({ profile }) => accountId(issuer, profile.sub),
    createAuthorizationURL: ({ state, codeVerifier, redirectURI, idTokenNonce, additionalParams = {} }) =>
      createAuthorizationURL({
        id: PROVIDER,
        options,
        authorizationEndpoint,
        state,
        codeVerifier,
        redirectURI,
        scopes,
        additionalParams,
        ...(idTokenNonce === undefined ? {} : { nonce: idTokenNonce }),
      }),
    validateAuthorizationCode: async ({ code, codeVerifier, redirectURI }) => {
      const authentication = ways.includes("client_secret_basic") ? "basic" : "post";
      const given = { code, redirectURI, options, tokenEndpoint, authentication } as const;
      try {
        return await inTime(validateAuthorizationCode({ ...given, ...(codeVerifier ? { codeVerifier } : {}) }));
      } catch (error) {
        throw stop(typeof (error as { status?: unknown }).status === "number" ? "not_verified" : "unreachable", error);
      }
    },
    getUserInfo: async ({ expectedIdTokenNonce, ...tokens }) => {
      const claims = await proven(tokens, expectedIdTokenNonce, settings, description);
      const name = await welcome(claims, settings, description, tokens);
      return { user: { name, email: name, emailVerified: false }, data: claims };
    },
  };
}

/** What the provider says of itself. Throws what the library answers as 503. */
async function describe(issuer: string): Promise<Description> {
  const bare = (url: string) => url.replace(/\/+$/, "");
  try {
    const description = descriptionSchema.parse(await readJson(`${bare(issuer)}/.well-known/openid-configuration`));
    if (bare(description.issuer) !== bare(issuer))
      throw new Error(`it calls itself ${description.issuer.slice(0, 200)}, and is configured as ${issuer}`);
    const urls = [description.authorization_endpoint, description.token_endpoint, description.jwks_uri];
    if (issuer.startsWith("https:") && urls.some((url) => !url.startsWith("https:")))
      throw new Error("it is reached by https and names addresses without");
    return description;
  } catch (error) {
    throw stop("unreachable", error);
  }
}

/** The token's claims, once signature, issuer, audience, time and nonce are right. */
async function proven(
  tokens: OAuth2Tokens,
  nonce: string | undefined,
  { clientId }: OidcSettings,
  { issuer, jwks_uri }: Description,
): Promise<Claims> {
  try {
    if (!tokens.idToken) throw new Error("the provider sent no id token");
    const { payload } = await inTime(validateToken(tokens.idToken, jwks_uri, { audience: clientId, issuer }));
    const { sub, exp, aud, azp } = payload;
    if (nonce === undefined || payload.nonce !== nonce) throw new Error("the id token is not for this sign-in (nonce)");
    if (typeof sub !== "string" || sub === "") throw new Error("the id token names nobody (sub)");
    if (typeof exp !== "number") throw new Error("the id token has no end (exp)");
    if ((azp !== undefined || (Array.isArray(aud) && aud.length > 1)) && azp !== clientId)
      throw new Error("the id token was made for another client (azp)");
    return { ...payload, sub };
  } catch (error) {
    throw stop("not_verified", error);
  }
}

/** Lets the person in, or not, and returns the account's name. */
async function welcome(
  proof: Claims,
  settings: OidcSettings,
  description: Description,
  tokens: OAuth2Tokens,
): Promise<string> {
  const visit = currentVisit();
  if (typeof proof.auth_time === "number") visit.provenAt = new Date(proof.auth_time * 1000);
  // asked to have them prove themselves anew, the provider has to say that they did
  else if (typeof (await getOAuthState())?.replaces === "string") visit.provenAt = new Date(Date.now() - FRESH);
  try {
    // several providers keep names and groups out of the token, and tell them to whoever asks
    const isWhole = groupsInClaims(proof, settings.groupsClaim) !== null && nameIn(proof) !== null;
    const claims = isWhole ? proof : { ...(await userInfo(proof, description, tokens)), ...proof };
    const name = nameIn(claims);
    if (name === null) throw refused("no_name");
    const account = { providerId: PROVIDER, accountId: accountId(description.issuer, proof.sub) };
    const groups = groupsInClaims(claims, settings.groupsClaim) ?? [];
    const person = await admitVouched({ via: "oidc", name, account, groups, address: visit.address });
    return person.name;
  } catch (error) {
    const reason = error instanceof AppError ? error.extensions.signIn : null;
    throw stop(isRefusal(reason) ? reason : "failed", error);
  }
}

async function userInfo(proof: Claims, { userinfo_endpoint: url }: Description, tokens: OAuth2Tokens) {
  if (!url || !tokens.accessToken) return {};
  const told = await readJson(url, { authorization: `Bearer ${tokens.accessToken}` }).catch((error) => {
    throw refused("unreachable", error);
  });
  const claims = z.looseObject({ sub: z.string() }).safeParse(told);
  // another person's answer under this token would be somebody's trick
  if (!claims.success || claims.data.sub !== proof.sub) throw refused("not_verified");
  return claims.data;
}

/** The name that an account is made with: what the provider calls the person, with what does not fit made to. */
export function nameIn(claims: Record<string, unknown>): string | null {
  for (const given of [claims.preferred_username, claims.email]) {
    if (typeof given !== "string") continue;
    const plain = given.normalize("NFKD").replace(/\p{M}/gu, "");
    const fit = plain.replace(/[^A-Za-z0-9._@-]+/g, "-").replace(/^[^A-Za-z0-9]+|-+$/g, "");
    const name = nameSchema.safeParse(fit.slice(0, 64));
    if (name.success) return name.data;
  }
  return null;
}

// an issuer's URL has no fragment: no other issuer and person give the same
const accountId = (issuer: string, sub: string) => `${issuer}#${sub}`;

async function readJson(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const request = { headers: { accept: "application/json", ...headers }, redirect: "error" } as const;
  const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the provider did not answer in time")), PATIENCE);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Ends the sign-in for a reason of ours. The log has the cause; what the provider said never reaches the browser. */
function stop(reason: Refusal, cause: unknown): APIError {
  currentVisit().refusal = reason;
  log.warn({ reason, cause: wordsOf(cause) }, "somebody could not sign in by the provider");
  const { message } = refused(reason);
  return new APIError(reason === "unreachable" ? "SERVICE_UNAVAILABLE" : "FORBIDDEN", { message, code: reason });
}

function wordsOf(cause: unknown): string {
  if (cause instanceof Error) return cause.cause ? `${cause.message}: ${messageOf(cause.cause)}` : cause.message;
  // an error answer of the token endpoint: its status and its code, nothing else of it
  const { status, error } = cause as { status?: unknown; error?: unknown };
  return `${String(status)} ${typeof error === "string" ? error.slice(0, 100) : ""}`;
}
