import { type Access, reaches } from "#lib/auth/access.ts";
import type { Cause } from "./shapes.ts";

/** A card as this caller may have it: without what it tells of services that are none of theirs. */
export function viewCause(cause: Cause, access: Access): Cause {
  if (access.services === null) return cause;
  const { explanation } = cause;
  const isForeign = explanation?.related != null && !reaches(access, explanation.related);
  return {
    ...cause,
    before: cause.before.filter(({ service }) => service === null || reaches(access, service)),
    explanation:
      explanation && isForeign
        ? {
            ...explanation,
            words: "Another service has to do with it, which is not one of yours.",
            next: null,
            related: null,
          }
        : explanation,
  };
}
