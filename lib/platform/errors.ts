/** Codes of problem+json answers; `lib/api/problem.ts` maps each to its HTTP status, in that one place. */
export type ErrorCode =
  | "validation"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "too_large"
  | "rate_limited"
  | "action_failed"
  | "supervisor_unavailable"
  | "timeout"
  | "internal";

export interface AppErrorOptions {
  cause?: unknown;
  problems?: { path: string; message: string }[];
  extensions?: Record<string, unknown>;
}

/** A failure with a code. The message is shown to people: it holds no secret, no stack and no path of our own code. */
export class AppError extends Error {
  /** what `instanceof` goes by; a class below says its own */
  static readonly brand: string = "AppError";
  readonly code: ErrorCode;
  /** per-field problems of a request, JSON-pointer-like paths */
  readonly problems: { path: string; message: string }[];
  /** further members of the problem+json answer, for a client that can act on them */
  readonly extensions: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.problems = options.problems ?? [];
    this.extensions = options.extensions ?? {};
  }

  /**
   * Instrumentation and routes are bundled apart, so this module runs twice in one server, and an error thrown by one copy is
   * caught by the other: classes are compared by brand, not by identity.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (!(value instanceof Error)) return false;
    for (let type: unknown = value.constructor; typeof type === "function"; type = Object.getPrototypeOf(type)) {
      // biome-ignore lint/complexity/noThisInStatic: the class that is asked about, which may be one below
      if (Object.hasOwn(type, "brand") && (type as typeof AppError).brand === this.brand) return true;
    }
    return false;
  }
}

/** The words of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for what an aborted signal throws, by whichever library. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || (error as { code?: unknown }).code === "ABORT_ERR");
}
