/** Why a service ended: facts in time order, and a plain explanation where its signs are known. Never a guess. */
import { z } from "zod";

export const causeSchema = z.object({
  /** of the event that it explains, RFC 3339 */
  at: z.string(),
  /** `exit 1`, `SIGSEGV`, `out of memory at 512 MB` */
  ended: z.string(),
  /** seconds from its start to its end; null: it is not known */
  ran: z.number().nullable(),
  /** the last lines before it, oldest first, masked like any log */
  lines: z.array(z.object({ time: z.string().nullable(), stream: z.string(), text: z.string() })),
  /** what changed before it, newest first: `mongod.service failed 3 s before`, `image changed 2 min before` */
  before: z.array(z.object({ at: z.string(), service: z.string().nullable(), words: z.string() })),
  explanation: z
    .object({
      /** key of the signature: `port-in-use` */
      signature: z.string(),
      /** `Port 3000 is already in use` */
      title: z.string(),
      /** one or two sentences, literal words between backquotes */
      words: z.string(),
      /** what to do or to look at next; a command stands alone */
      next: z.string().nullable(),
      command: z.string().nullable(),
      /** the line that told it; null: it was told by the supervisor */
      evidence: z.string().nullable(),
      /** another service that it names: who holds the port, what stands behind the address */
      related: z.string().nullable(),
    })
    .nullable(),
});

export type Cause = z.infer<typeof causeSchema>;
