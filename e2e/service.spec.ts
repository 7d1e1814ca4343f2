import { expect, expectAccessible, test } from "./fixtures.ts";
import { policyReports } from "./pages/policy-reports.ts";
import { property } from "./stage/native.ts";

test("from the board to a unit's page: facts, and the unit file as it is", async ({ board, page }) => {
  await board.open();
  await board.row("clawdis-gateway.service").getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("clawdis-gateway");
  const facts = page.getByRole("complementary", { name: "Facts" });
  await expect(facts).toContainText("active (running)");
  await expect(facts).toContainText("/etc/systemd/system/clawdis-gateway.service");
  await expect(facts).toContainText("18789");
  await page.getByRole("link", { name: "Config", exact: true }).click();
  await expect(page.getByText("StartLimitIntervalSec=300")).toBeVisible();
  await expect(page.getByText("clawdis-gateway.mjs").first()).toBeVisible();
});

test("environments are shown with their secrets covered", async ({ page }) => {
  for (const [path, name, secret] of [
    ["systemd/clawdis-gateway.service", "TELEGRAM_BOT_TOKEN", "stand-in-telegram-token"],
    ["pm2/cosyworld", "MONGO_URI", "stand-in-password"],
    ["docker/wa-scheduler-api", "BETTER_AUTH_SECRET", "stand-in-auth-secret"],
  ]) {
    await page.goto(`/services/local/${path}?tab=environment`);
    const environment = page.getByRole("region", { name: "Environment" });
    await expect(environment.getByText(name as string, { exact: true })).toBeVisible();
    expect((await page.content()).includes(secret as string)).toBe(false);
  }
});

test("a container's page: image, volumes, networks", async ({ page }) => {
  await page.goto("/services/local/docker/wa-scheduler-worker");
  const facts = page.getByRole("complementary", { name: "Facts" });
  await expect(facts).toContainText("trihelm-test/wa-scheduler");
  await expect(facts).toContainText("wa-session");
  await expect(facts).toContainText("/app/server/baileys_session");
  await page.getByRole("link", { name: /Mounts/ }).click();
  await expect(page.getByText("wa-scheduler-net").first()).toBeVisible();
});

test("a cluster's page: its instances", async ({ page }) => {
  await page.goto("/services/local/pm2%40deploy/fondation-worker?tab=instances");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("fondation-worker");
  for (const instance of ["0", "1", "2", "3"])
    await expect(page.getByText(`#${instance}`, { exact: true })).toBeVisible();
});

test("the service is restarted from its own page by a key", async ({ page, host }) => {
  const unit = "stubborn.service";
  host.run(["rm", "-f", "/run/stubborn"]);
  await page.goto(`/services/local/systemd/${unit}`);
  await expect(page.getByRole("contentinfo").getByText("Live", { exact: true })).toBeVisible();
  const before = property(host, unit, "MainPID");
  await page.keyboard.press("r");
  await expect.poll(() => property(host, unit, "MainPID")).not.toBe(before);
  expect(property(host, unit, "ActiveState")).toBe("active");
});

test("what happened to it, with who asked, and its figures over time", async ({ page, host }) => {
  const reports = await policyReports(page);
  const unit = "stubborn.service";
  host.run(["rm", "-f", "/run/stubborn"]);
  await page.goto(`/services/local/systemd/${unit}?tab=events`);
  await expect(page.getByRole("contentinfo").getByText("Live", { exact: true })).toBeVisible();
  const before = property(host, unit, "MainPID");
  await page.keyboard.press("r");
  await expect.poll(() => property(host, unit, "MainPID")).not.toBe(before);
  const events = page.getByRole("list", { name: "Events" });
  await expect(
    events
      .getByRole("listitem")
      .filter({ hasText: /^Restarted.*Asked for by mara\./ })
      .first(),
  ).toBeVisible();
  await expectAccessible(page);
  await page.goto("/services/local/systemd/clawdis-gateway.service?tab=metrics");
  await expect(page.getByRole("img", { name: /^Memory: last \d/ })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("img", { name: /^CPU, of one core: last \d/ })).toBeVisible();
  await page.getByRole("button", { name: "7 d", exact: true }).click();
  await expect(page.getByRole("img", { name: /^Memory: last \d/ })).toBeVisible();
  await expectAccessible(page);
  expect(reports).toEqual([]);
});

test("an address where nothing is says so", async ({ page }) => {
  await page.goto("/services/local/systemd/never-there.service");
  await expect(page.getByRole("heading", { name: "There is no never-there.service here" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Go to overview" })).toBeVisible();
});

test("the command palette finds a service and goes there", async ({ board, page }) => {
  await board.open();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("cosyworld");
  await expect(page.getByRole("option", { name: /cosyworld/ }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("combobox")).toBeHidden();
});
