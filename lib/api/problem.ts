/** RFC 9457 answers: the one place where a code becomes an HTTP status. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError, type ErrorCode, isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";

const STATUS: Record<ErrorCode, { status: ContentfulStatusCode; title: string }> = {
  validation: { status: 400, title: "The request is not valid" },
  unauthenticated: { status: 401, title: "Sign in first" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Not now" },
  too_large: { status: 413, title: "Too large" },
  rate_limited: { status: 429, title: "Too many requests" },
  action_failed: { status: 502, title: "The supervisor refused" },
  supervisor_unavailable: { status: 503, title: "The supervisor cannot be reached" },
  timeout: { status: 504, title: "It took too long" },
  internal: { status: 500, title: "A fault in Trihelm" },
};

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.enum(Object.keys(STATUS) as [ErrorCode, ...ErrorCode[]]),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    confirm: z.string().optional().describe("send this as `confirm` to go on"),
    typed: z.boolean().optional().describe("a person should type it"),
    retryAfter: z.number().optional().describe("seconds"),
    stepUp: z.boolean().optional().describe("confirm who you are, then send the request again"),
    signIn: z.string().optional().describe("why somebody vouched for by others is not let in, in one word"),
    passphrase: z.boolean().optional().describe("a link asks for its passphrase"),
    ended: z.string().optional().describe("why a link is over: linked, revoked, expired, used"),
    endedAt: z.string().nullable().optional(),
    joined: z.boolean().optional().describe("the same action is under way already: nothing was done twice"),
  })
  .openapi("Problem");

/** Any error as an answer. What is not an AppError is logged whole and told without its words. */
export function problem(error: unknown, c: Context): Response {
  const known = asKnown(error);
  if (!known) {
    if (!isAbort(error)) logger("api").error({ err: error, method: c.req.method, path: c.req.path }, messageOf(error));
    return answer(c, new AppError("internal", "Something failed inside Trihelm. Its log has the reason"));
  }
  return answer(c, known);
}

/** The code that an answer of this status carries, for responses declared in OpenAPI. */
export function problemResponses(...codes: ErrorCode[]) {
  return Object.fromEntries(
    codes.map((code) => [
      STATUS[code].status,
      { description: STATUS[code].title, content: { "application/problem+json": { schema: problemSchema } } },
    ]),
  );
}

/** Turns a failed validation into an AppError that names every field. */
export function invalid(issues: readonly { path: readonly PropertyKey[]; message: string }[]): AppError {
  const problems = issues.map((issue) => ({
    path: issue.path.map(String).join(".") || "body",
    message: issue.message,
  }));
  return new AppError("validation", problems.map((p) => `${p.path}: ${p.message}`).join("; "), { problems });
}

function asKnown(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  // a second copy of the class, loaded by another bundle of the same process
  if (error instanceof Error && "code" in error && "problems" in error && String(error.code) in STATUS)
    return error as AppError;
  if (error instanceof HTTPException && error.status === 400)
    return new AppError("validation", "The body is not valid JSON");
  if (error instanceof HTTPException && error.status === 415)
    return new AppError("validation", "Send the body as application/json");
  return null;
}

function answer(c: Context, error: AppError): Response {
  const { status, title } = STATUS[error.code];
  const body = {
    type: "about:blank",
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.problems.length > 0 ? { errors: error.problems } : {}),
    ...error.extensions,
  };
  const retry = error.extensions.retryAfter;
  const headers: Record<string, string> = { "content-type": "application/problem+json; charset=utf-8" };
  if (typeof retry === "number") headers["retry-after"] = String(Math.ceil(retry));
  return c.body(JSON.stringify(body), status, headers);
}
