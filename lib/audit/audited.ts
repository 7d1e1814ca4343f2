import { AppError, messageOf } from "#lib/platform/errors.ts";
import { type AuditFact, record } from "./store.ts";

export type Asked = Pick<AuditFact, "actor" | "address" | "action" | "subject" | "intent">;

// the request was understood and not granted; anything else is a fault
const REFUSALS = new Set(["validation", "unauthenticated", "forbidden", "not_found", "conflict", "rate_limited"]);

/**
 * Does the work between two rows of the trail: what was asked for, then how it ended. Without the first there is no work.
 * `known` adds to the last row what only the result tells, such as who has signed in.
 */
export async function audited<T>(
  asked: Asked,
  work: () => Promise<T>,
  known: (result: T) => Promise<Partial<Asked>> = async () => ({}),
): Promise<T> {
  const closes = await record({ ...asked, outcome: "intended", detail: null, closes: null });
  return ended(asked, closes, work, known);
}

/** Does the work and writes only how it ended: for what anybody may send, where nobody has asked for anything yet. */
export function auditedEnd<T>(
  asked: Asked,
  work: () => Promise<T>,
  known: (result: T) => Promise<Partial<Asked>>,
): Promise<T> {
  return ended(asked, null, work, known);
}

async function ended<T>(
  asked: Asked,
  closes: number | null,
  work: () => Promise<T>,
  known: (result: T) => Promise<Partial<Asked>>,
): Promise<T> {
  try {
    const result = await work();
    await record({ ...asked, ...(await known(result)), outcome: "done", detail: null, closes });
    return result;
  } catch (error) {
    const outcome = error instanceof AppError && REFUSALS.has(error.code) ? "refused" : "failed";
    await record({ ...asked, outcome, detail: messageOf(error), closes });
    throw error;
  }
}
