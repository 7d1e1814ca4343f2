import { describe, expect, test } from "vitest";
import type { AuditRow } from "./account-shapes.ts";
import { auditLines, filterQuery, NO_FILTERS, readFilters } from "./audit-lines.ts";

const row = (seq: number, over: Partial<AuditRow> = {}): AuditRow => ({
  seq,
  at: `2025-11-14T14:32:0${seq}.000Z`,
  actor: "mara",
  address: "192.0.2.1",
  action: "service.restart",
  subject: "local/docker/umami",
  intent: {},
  outcome: "done",
  detail: null,
  closes: null,
  ...over,
});
const intended = (seq: number) => row(seq, { outcome: "intended" });

describe("auditLines", () => {
  test("an intent and its outcome are one line, at the time it was asked", () => {
    const lines = auditLines([row(2, { closes: 1 }), intended(1)]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ seq: 2, outcome: "done", at: row(1).at, endedAt: row(2).at });
  });

  test("what was done meanwhile stands between, by the time of its end", () => {
    const lines = auditLines([
      row(4, { closes: 1, outcome: "failed" }),
      row(3, { closes: 2 }),
      intended(2),
      intended(1),
    ]);
    expect(lines.map(({ seq, outcome }) => [seq, outcome])).toEqual([
      [4, "failed"],
      [3, "done"],
    ]);
  });

  test("an intent without an outcome is open", () => {
    expect(auditLines([intended(1)])[0]).toMatchObject({ seq: 1, outcome: "open", endedAt: null });
  });

  test("an outcome whose intent is not read yet stands by itself", () => {
    expect(auditLines([row(9, { closes: 3 })])[0]).toMatchObject({ seq: 9, at: row(9).at, endedAt: null });
  });
});

describe("filters", () => {
  test("go into the address and come back", () => {
    const filters = { ...NO_FILTERS, actor: "mara/ci", outcome: "failed" as const, since: "7d" as const, q: "a b" };
    expect(readFilters(new URLSearchParams(filterQuery(filters).toString()))).toEqual(filters);
    expect(filterQuery({ ...NO_FILTERS, actor: "  " }).toString()).toBe("");
  });

  test("an address that names what there is not filters nothing", () => {
    expect(readFilters(new URLSearchParams("outcome=intended&since=1y&x=1"))).toEqual(NO_FILTERS);
  });
});
