import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { closingLine, countsOf, readReport } from "./counts.ts";
import type { Group } from "./groups.ts";

const vitest: Group = { name: "unit", says: "", needs: [], argv: [], report: "vitest" };
const passed = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 };

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-counts-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function written(report: unknown): string {
  const file = path.join(folder, "report.json");
  fs.writeFileSync(file, JSON.stringify(report));
  return file;
}

test("what the tools count is taken over", () => {
  expect(countsOf(vitest, written(passed), 0)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 0 };
  expect(readReport("playwright", JSON.stringify({ stats }))).toEqual({ passed: 4, failed: 2, skipped: 0 });
});

test("a tool that ends badly fails, whatever its report says", () => {
  expect(countsOf(vitest, written(passed), 1)).toMatchObject({ failed: 1 });
  expect(countsOf(vitest, "/nonexistent", 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(countsOf(vitest, written({ ...passed, numPassedTests: 0 }), 0)).toMatchObject({ failed: 1 });
});

test("a check without a report is one test", () => {
  expect(countsOf({ name: "lint", says: "", needs: [], argv: [] }, "", 0)).toEqual({
    passed: 1,
    failed: 0,
    skipped: 0,
  });
  expect(countsOf({ name: "lint", says: "", needs: [], argv: [] }, "", 2)).toEqual({
    passed: 0,
    failed: 1,
    skipped: 0,
  });
});

test("the closing line", () => {
  const one = { passed: 1, failed: 0, skipped: 2 };
  expect(closingLine([one, one])).toBe("2 passed, 0 failed, 4 skipped");
});
