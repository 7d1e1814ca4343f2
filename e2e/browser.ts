import fs from "node:fs";
import { chromium, devices, type PlaywrightTestConfig } from "@playwright/test";

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The browser to test with: one that is named, Playwright's own, or the system's; null where there is none. */
export function findBrowser(): string | null {
  const named = process.env.PLAYWRIGHT_CHROMIUM;
  return [named, chromium.executablePath(), ...SYSTEM].find((file) => file && fs.existsSync(file)) ?? null;
}

/** What all browser tests have in common. One real server is behind them: one test at a time. */
export const browserTests = {
  workers: 1,
  forbidOnly: true,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: findBrowser() ?? "",
      // Chromium's sandbox refuses to run for root.
      args: [...QUIET, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    },
  },
} satisfies PlaywrightTestConfig;
