/**
 * What a browser may do with an answer of this server. The headers are set before the framework sees the request, so that
 * pages, API, static files, refusals and error pages all carry them, whichever of its layers answers.
 *
 * A page may run only what carries the nonce of its own request. The framework reads that nonce from the request's own
 * `content-security-policy` header, which is why the policy is written there too, over whatever the client sent.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { env } from "./env.ts";

const POLICY = "content-security-policy";
/** the one style element that is made without a nonce, sonner's, at first empty and then with its text */
const SONNER_STYLE =
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='";
const NO_FEATURES = [
  "accelerometer",
  "browsing-topics",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "idle-detection",
  "local-fonts",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
  "xr-spatial-tracking",
];

const EVERYWHERE: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", NO_FEATURES.map((name) => `${name}=()`).join(", ")],
];
const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const YEAR = 365 * 24 * 3600;
/** the page of a one-time link, for somebody without an account: everything but its own few lines is shut out */
const GUEST_PAGE = /^\/relay\/(?!decode(?:$|[/?]))[^/?]+(?:$|\?)/;

/** Sets the headers of the answer, and tells the framework the nonce. Called for every request, before it is read. */
export function setBrowserPolicy(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "/";
  const policy = policyFor(url);
  response.setHeader(POLICY, policy);
  for (const [name, value] of EVERYWHERE) response.setHeader(name, value);
  if (GUEST_PAGE.test(url)) response.setHeader("referrer-policy", "no-referrer");
  if (env().baseUrl?.startsWith("https:")) response.setHeader("strict-transport-security", `max-age=${YEAR}`);
  request.headers[POLICY] = policy;
}

/** The nonce of the request: what a page's own inline script and style elements carry. */
export function nonceOf(headers: Headers): string | undefined {
  return /'nonce-([\w+/=]+)'/.exec(headers.get(POLICY) ?? "")?.[1];
}

function policyFor(url: string): string {
  // the API's one page needs its style; every other answer of the API is data, and may do nothing at all
  const isData = /^\/api\//.test(url) && !/^\/api\/v1\/docs(?:$|\?)/.test(url);
  if (isData) return DATA_POLICY;
  const nonce = randomBytes(16).toString("base64");
  return GUEST_PAGE.test(url) ? guestPolicy(nonce) : pagePolicy(nonce);
}

/** One script and one style, both in the page itself; a code's picture and what is told about it, from this server alone. */
function guestPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "style-src-attr 'none'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function pagePolicy(nonce: string): string {
  // the development server evaluates what it sends, and its overlay brings styles of its own
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}' ${SONNER_STYLE}`}`,
    "style-src-attr 'none'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(development ? [] : ["require-trusted-types-for 'script'", "trusted-types nextjs default"]),
  ].join("; ");
}
