import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { closingLine, countsOf, failuresOf, readReport } from "./counts.ts";
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

test("what failed is told by its file, its name and why", () => {
  const assertionResults = [
    { status: "passed", fullName: "it holds" },
    { status: "failed", fullName: "it breaks", failureMessages: ["\u001b[31mexpected 1\u001b[39m\n    at x"] },
  ];
  const broken = { name: "lib/b.test.ts", status: "failed", message: "no such module", assertionResults: [] };
  const vitestReport = {
    ...passed,
    testResults: [{ name: "lib/a.test.ts", status: "failed", assertionResults }, broken],
  };
  expect(failuresOf(vitest, written(vitestReport))).toEqual([
    "lib/a.test.ts › it breaks\n    expected 1\n        at x",
    "lib/b.test.ts › the file itself\n    no such module",
  ]);
  const tests = (status: string) => [{ status, results: [{}, { error: { message: "gone" } }] }];
  const specs = ["expected", "flaky", "unexpected"].map((status) => ({
    title: `one ${status}`,
    file: "e2e/a.spec.ts",
    tests: tests(status),
  }));
  const file = written({ suites: [{ specs: specs.slice(0, 2), suites: [{ specs: specs.slice(2) }] }] });
  expect(failuresOf({ ...vitest, report: "playwright" }, file)).toEqual([
    "e2e/a.spec.ts › one flaky\n    gone",
    "e2e/a.spec.ts › one unexpected\n    gone",
  ]);
  expect(failuresOf(vitest, "/nonexistent")).toEqual([]);
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
