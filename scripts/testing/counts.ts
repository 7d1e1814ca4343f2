import fs from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Group, root } from "./groups.ts";

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
  testResults?: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
}

interface PlaywrightSuite {
  specs?: { title: string; file: string; tests: { status: string; results: { error?: { message?: string } }[] }[] }[];
  suites?: PlaywrightSuite[];
}

interface PlaywrightReport extends PlaywrightSuite {
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

/** What failed, one text each: where, which test, and the first lines of why. None where there is no report. */
export function failuresOf(group: Group, reportFile: string): string[] {
  if (!group.report || !fs.existsSync(reportFile)) return [];
  const report: unknown = JSON.parse(fs.readFileSync(reportFile, "utf8"));
  return group.report === "vitest"
    ? vitestFailures(report as VitestReport)
    : playwrightFailures(report as PlaywrightReport);
}

function vitestFailures(report: VitestReport): string[] {
  return (report.testResults ?? []).flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === "failed");
    if (failed.length === 0)
      return file.status === "failed" ? [failure(file.name, "the file itself", file.message)] : [];
    return failed.map((one) => failure(file.name, one.fullName, one.failureMessages?.[0]));
  });
}

function playwrightFailures({ specs = [], suites = [] }: PlaywrightSuite): string[] {
  const own = specs.flatMap((spec) =>
    spec.tests
      .filter(({ status }) => status === "unexpected" || status === "flaky")
      .map(({ results }) => failure(spec.file, spec.title, results.find(({ error }) => error)?.error?.message)),
  );
  return [...own, ...suites.flatMap(playwrightFailures)];
}

const MOST_LINES = 12;

function failure(file: string, title: string, why = "it says nothing"): string {
  const lines = stripVTControlCharacters(why).split("\n").slice(0, MOST_LINES);
  return [`${path.relative(root, path.resolve(root, file))} › ${title}`, ...lines.map((line) => `    ${line}`)].join(
    "\n",
  );
}

/** The one closing line. */
export function closingLine(all: readonly Counts[]): string {
  const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}
