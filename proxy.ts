import { type NextRequest, NextResponse } from "next/server";
import { admit, WANTED } from "#lib/api/guard.ts";
import { AppError } from "#lib/platform/errors.ts";

/** The pages' own door: who may not speak to the API may not read what a page is drawn from either. */
export function proxy(request: NextRequest): Response {
  try {
    admit(request.headers, { navigable: true });
    const { pathname, search } = request.nextUrl;
    const headers = new Headers(request.headers);
    headers.set(WANTED, `${pathname}${search}`);
    return NextResponse.next({ request: { headers } });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Response(`${error.message}.\n`, {
      status: 403,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
}

// The API answers for itself, in its own shape; static files tell nothing.
export const config = { matcher: "/((?!api/|_next/static/).*)" };
