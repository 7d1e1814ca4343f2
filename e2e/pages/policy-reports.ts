import type { Page } from "@playwright/test";

/**
 * Collects what the browser refused on this page because of the Content-Security-Policy, from now on: the reports that
 * every document gets, and what the console says of it. The list grows while the page is used.
 */
export async function policyReports(page: Page): Promise<string[]> {
  const reports: string[] = [];
  await page.exposeBinding("reportRefusal", (_, report: string) => reports.push(report));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = event;
      const report = `${location.pathname}: ${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber} ${sample}`;
      (globalThis as unknown as { reportRefusal: (report: string) => void }).reportRefusal(report);
    });
  });
  page.on("console", (message) => {
    if (/content security policy|trusted ?(type|html|script)/i.test(message.text())) reports.push(message.text());
  });
  return reports;
}
