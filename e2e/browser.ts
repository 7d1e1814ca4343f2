import fs from "node:fs";
import { chromium } from "@playwright/test";

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser to test with: one that is named, Playwright's own, or the system's; null where there is none. */
export function findBrowser(): string | null {
  const named = process.env.PLAYWRIGHT_CHROMIUM;
  return [named, chromium.executablePath(), ...SYSTEM].find((file) => file && fs.existsSync(file)) ?? null;
}
