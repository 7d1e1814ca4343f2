import fs from "node:fs";
import type { Group } from "./groups.ts";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

/** The counts of one group. A tool that ended badly, or said nothing, counts as a failure even where no test does. */
export function countsOf(group: Group, reportFile: string, exitCode: number): Counts {
  if (!group.report)
    return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  const counts = fs.existsSync(reportFile) ? readReport(group.report, fs.readFileSync(reportFile, "utf8")) : null;
  if (!counts || counts.passed + counts.failed === 0) return { passed: 0, failed: 1, skipped: counts?.skipped ?? 0 };
  return { ...counts, failed: exitCode !== 0 ? Math.max(counts.failed, 1) : counts.failed };
}

/** Reads what vitest or Playwright wrote. A test that passed only at a second try has failed once: it failed. */
export function readReport(kind: "vitest" | "playwright", text: string): Counts {
  if (kind === "vitest") {
    const report = JSON.parse(text) as VitestReport;
    const skipped = report.numPendingTests + report.numTodoTests;
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped };
  }
  const { stats } = JSON.parse(text) as PlaywrightReport;
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

/** The one closing line. */
export function closingLine(all: readonly Counts[]): string {
  const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}
