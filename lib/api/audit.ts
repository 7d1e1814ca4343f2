import { createRoute, z } from "@hono/zod-openapi";
import { type AuditEntry, type AuditFilter, auditEntrySchema } from "#lib/audit/query.ts";
import { readTrail, verify } from "#lib/audit/store.ts";
import { parseTime } from "#lib/logs/query.ts";
import { AppError } from "#lib/platform/errors.ts";
import { access } from "./gate.ts";
import { invalid, problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Entry = z.object(auditEntrySchema.shape).openapi("AuditEntry");
const filter = {
  actor: z.string().max(200).optional(),
  action: z.string().max(100).optional().describe("an action, or its beginning with a dot: service."),
  subject: z.string().max(500).optional(),
  outcome: z.enum(["intended", "done", "refused", "failed"]).optional(),
  since: z.string().optional().describe("RFC 3339, or a duration back from now: 15m, 2h, 7d"),
  until: z.string().optional().describe("as since"),
  q: z.string().max(200).optional().describe("anywhere in a row"),
};

const list = createRoute({
  method: "get",
  path: "/audit",
  ...access("manage"),
  summary: "Who did what, from where, when, and how it ended",
  tags: ["Accounts"],
  request: {
    query: z.strictObject({
      ...filter,
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      cursor: z.coerce.number().int().min(1).optional().describe("as nextCursor gave it"),
    }),
  },
  responses: {
    200: {
      description: "the newest first",
      content: {
        "application/json": { schema: z.object({ items: z.array(Entry), nextCursor: z.string().optional() }) },
      },
    },
    ...problemResponses("validation"),
  },
});

const exported = createRoute({
  method: "get",
  path: "/audit/export",
  ...access("manage"),
  summary: "The same as a file",
  tags: ["Accounts"],
  request: { query: z.strictObject({ ...filter, format: z.enum(["ndjson", "csv"]).default("ndjson") }) },
  responses: {
    200: {
      description: "the newest first, all of them",
      content: { "application/x-ndjson": { schema: z.string() }, "text/csv": { schema: z.string() } },
    },
    ...problemResponses("validation"),
  },
});

const verified = createRoute({
  method: "get",
  path: "/audit/verify",
  ...access("manage"),
  summary: "Is the chain of rows unbroken?",
  tags: ["Accounts"],
  responses: {
    200: {
      description:
        "broken: the first row that does not fit the one before it, or null; head: the last row's hash, which kept elsewhere also shows rows cut off the end",
      content: {
        "application/json": {
          schema: z.object({ rows: z.number().int(), broken: z.number().int().nullable(), head: z.string() }),
        },
      },
    },
  },
});

const PAGE = 500;
const COLUMNS = [
  "seq",
  "at",
  "actor",
  "address",
  "action",
  "subject",
  "outcome",
  "detail",
  "intent",
  "closes",
] as const;

export const auditRoutes = router()
  .openapi(list, async (c) => {
    const { limit, cursor, ...query } = c.req.valid("query");
    const items = await readTrail(filterOf(query), { limit: limit + 1, before: cursor ?? null });
    const more = items.length > limit;
    const page = more ? items.slice(0, limit) : items;
    return c.json({ items: page, ...(more ? { nextCursor: String(page.at(-1)!.seq) } : {}) }, 200);
  })
  .openapi(verified, async (c) => c.json(await verify(), 200))
  .openapi(exported, (c) => {
    const { format, ...query } = c.req.valid("query");
    const type = format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
    c.header("content-disposition", `attachment; filename="trihelm-audit.${format}"`);
    return c.body(file(filterOf(query), format), 200, { "content-type": type });
  });

function filterOf({
  since,
  until,
  ...rest
}: Omit<AuditFilter, "since" | "until"> & { since?: string; until?: string }) {
  return { ...rest, since: instant("since", since), until: instant("until", until) };
}

function instant(name: string, value: string | undefined): Date | undefined {
  if (value === undefined) return undefined;
  try {
    return new Date(parseTime(value, Date.now()));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw invalid([{ path: [name], message: error.message }]);
  }
}

/** Pages of the trail as they are pulled: a year of it is never held. */
function file(query: AuditFilter, format: "ndjson" | "csv"): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let before: number | null = null;
  let isHead = format === "csv";
  return new ReadableStream({
    async pull(controller) {
      if (isHead) controller.enqueue(encoder.encode(`${COLUMNS.join(",")}\r\n`));
      isHead = false;
      const rows: AuditEntry[] = await readTrail(query, { limit: PAGE, before });
      const last = rows.at(-1);
      if (!last) return controller.close();
      before = last.seq;
      const line = (row: AuditEntry) => (format === "csv" ? csv(row) : `${JSON.stringify(row)}\n`);
      controller.enqueue(encoder.encode(rows.map(line).join("")));
    },
  });
}

function csv(row: AuditEntry): string {
  const cells = COLUMNS.map((column) => {
    const value = row[column];
    const text = value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
    // a spreadsheet runs what begins like a formula
    const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return `"${inert.replaceAll('"', '""')}"`;
  });
  return `${cells.join(",")}\r\n`;
}
