/** How soon an open page shows what another tool did, in a real browser. */
import { execFileSync } from "node:child_process";
import { chromium, type Page } from "@playwright/test";
import { browserTests } from "../../e2e/browser.ts";
import { type Figure, median } from "../figure.ts";
import type { Load } from "./load.ts";

const ROUNDS = 5;

/** For each supervisor: from the end of its own command until the row on the page says so. `signedIn`: a file with the cookie. */
export async function changesUntilShown(url: string, load: Load, signedIn: string): Promise<Figure[]> {
  const browser = await chromium.launch(browserTests.use.launchOptions);
  try {
    const page = await browser.newPage({ storageState: signedIn, viewport: { width: 1440, height: 900 } });
    await page.goto(url);
    await page
      .getByRole("heading", { name: /Docker/ })
      .first()
      .waitFor();
    return [
      await figure(page, "docker stop", "local/docker/bench-7", {
        stop: () => execFileSync("docker", ["stop", "-t", "0", "bench-7"], { stdio: "pipe" }),
        start: () => execFileSync("docker", ["start", "bench-7"], { stdio: "pipe" }),
      }),
      await figure(page, "systemctl stop", "local/systemd/bench%407.service", {
        stop: () => load.host.run(["systemctl", "stop", "bench@7.service"]),
        start: () => load.host.run(["systemctl", "start", "bench@7.service"]),
      }),
      await figure(page, "pm2 stop", "local/pm2/bench-7", {
        stop: () => load.pm2("stop", "bench-7"),
        start: () => load.pm2("start", "bench-7"),
      }),
    ];
  } finally {
    await browser.close();
  }
}

async function figure(
  page: Page,
  command: string,
  id: string,
  run: { stop(): unknown; start(): unknown },
): Promise<Figure> {
  const times: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1)
    for (const [act, ended] of [
      [run.stop, true],
      [run.start, false],
    ] as const) {
      act();
      const from = performance.now();
      await shows(page, id, ended);
      times.push(performance.now() - from);
    }
  return {
    what: `a change by ${command.split(" ")[0]}, until the page shows it`,
    value: median(times) / 1000,
    unit: "s",
    bound: 1,
    against: `from the end of the command; the slowest of ${times.length} took ${Math.round(Math.max(...times))} ms`,
  };
}

/** Asked of the page itself at every frame, so that the asking adds nothing to speak of. */
async function shows(page: Page, id: string, ended: boolean): Promise<void> {
  await page.waitForFunction(
    ([row, wanted]) =>
      /stopped|exited|failed/i.test(document.querySelector(`[data-row="${row}"]`)?.textContent ?? "") === wanted,
    [id, ended] as const,
    { polling: "raf", timeout: 20_000 },
  );
}
