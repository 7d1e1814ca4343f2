import { expect, expectAccessible, test } from "./fixtures.ts";

/** colours are the same at every size: both themes are looked at on one */
const SIZES = [
  { name: "desk", viewport: { width: 1440, height: 900 }, themes: ["dark", "light"] },
  { name: "phone", viewport: { width: 390, height: 844 }, themes: ["light"] },
];
const PAGES = [
  { name: "overview", path: "/", shows: "Needs you" },
  { name: "overview by app", path: "/?group=app", shows: "Needs you" },
  { name: "a unit", path: "/services/local/systemd/clawdis-gateway.service", shows: "clawdis-gateway" },
  {
    name: "a unit's files",
    path: "/services/local/systemd/clawdis-gateway.service?tab=config",
    shows: "clawdis-gateway",
  },
  { name: "the relay", path: "/relay", shows: "QR relay" },
  { name: "a pasted log", path: "/relay/decode", shows: "Codes in a piece of log" },
  { name: "a container", path: "/services/local/docker/wa-scheduler-api", shows: "wa-scheduler-api" },
  { name: "volumes", path: "/volumes", shows: "Volumes" },
  { name: "a volume", path: "/volumes?volume=local/docker/wa-db", shows: "wa-db" },
  { name: "inside a volume", path: "/volumes/local/docker/wa-db", shows: "wa-db" },
  { name: "backups", path: "/backups", shows: "Backups" },
  { name: "plans", path: "/backups/plans", shows: "Plans" },
  { name: "coverage", path: "/backups/coverage", shows: "Coverage" },
  { name: "destinations", path: "/backups/destinations", shows: "Destinations" },
  { name: "jobs", path: "/backups/jobs", shows: "Jobs" },
  { name: "activity", path: "/activity", shows: "Activity" },
  { name: "alerts", path: "/alerts?state=all", shows: "Alerts" },
  { name: "checks", path: "/checks", shows: "Checks" },
  { name: "alert rules", path: "/alerts/rules", shows: "Rules" },
  { name: "channels", path: "/alerts/channels", shows: "Channels" },
  { name: "the host", path: "/host", shows: "Over time" },
  { name: "ports", path: "/host/ports", shows: "Ports" },
  { name: "after a reboot", path: "/host/reboot", shows: "After a reboot" },
];

for (const { name: size, viewport, themes } of SIZES)
  test.describe(size, () => {
    test.use({ viewport });
    for (const { name, path, shows } of PAGES)
      test(`${name} is accessible, ${themes.join(" and ")}, and does not overflow`, async ({ page }) => {
        await page.goto(path);
        await expect(page.getByRole("heading", { name: shows }).first()).toBeVisible();
        for (const theme of themes) {
          await page.locator("html").evaluate((html, chosen) => html.setAttribute("data-theme", chosen), theme);
          await expectAccessible(page);
        }
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(wide).toBeLessThanOrEqual(0);
      });
  });
