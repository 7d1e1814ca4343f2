import { admit } from "#lib/api/guard.ts";
import { nonceOf } from "#lib/platform/browser-policy.ts";
import { AppError } from "#lib/platform/errors.ts";
import { guestHtml } from "@/components/relay/guest/guest-html.ts";

/** The page of a one-time link. The same for every link, and for none: what is behind it is asked for by its own script. */
export function GET(request: Request): Response {
  try {
    admit(request.headers, { navigable: true });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return answer(403, "text/plain", `${error.message}.\n`);
  }
  return answer(200, "text/html", guestHtml(nonceOf(request.headers) ?? ""));
}

function answer(status: number, type: string, body: string): Response {
  return new Response(body, {
    status,
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" },
  });
}
