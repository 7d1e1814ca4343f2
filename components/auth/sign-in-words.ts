/** What the sign-in page says of a refusal. Never more than a stranger may know. */
import { formatDuration } from "#lib/format/duration.ts";
import type { ApiProblem } from "@/components/shell/api-client.ts";

type Refusal = Pick<ApiProblem, "status" | "retryAfter" | "words">;

/** After a name and a password, or a code; `wrong` is what a plain refusal means here. */
export function refusalWords({ status, retryAfter, words }: Refusal, wrong: string): string {
  if (status === 429) return `Too many tries. ${again(retryAfter)}`;
  if (status === 400 || status === 401 || status === 403) return wrong;
  return words;
}

function again(retryAfter: number | null): string {
  if (retryAfter === null) return "Try again in 15 min.";
  // to the next minute: "in 14 min" would still be refused at 14:59
  return `Try again in ${retryAfter < 60 ? formatDuration(retryAfter) : formatDuration(Math.ceil(retryAfter / 60) * 60)}.`;
}

const UNKNOWN = "Signing in there did not work. The log of Trihelm has the reason.";
const RETURNED: Record<string, string> = {
  access_denied: "The other side did not let you in.",
  account_not_linked: "An account of this name exists, and belongs to somebody who signs in another way.",
  disabled: "This account is disabled. An admin can enable it.",
  expired: "Signing in took too long, or was begun in another browser. Begin again.",
  no_name: "The other side gives no name that an account here could have.",
  no_role: "None of your groups has a role here. An admin can give one of them a role.",
  not_verified: "What the other side sent did not prove itself. The log of Trihelm has the reason.",
  proxy_name: "What the proxy sent is no account name.",
  setup_first: "This server is not set up yet. The first account is made with the code in its log.",
  unreachable: "The other side cannot be reached. Try again, or sign in another way.",
};

/** Why signing in elsewhere came back without an account; the address names a reason, and its own words are never shown. */
export function returnedWords(reason: string | null): string | null {
  if (reason === null) return null;
  return Object.hasOwn(RETURNED, reason) ? RETURNED[reason]! : UNKNOWN;
}
