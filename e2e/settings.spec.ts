import fs from "node:fs";
import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { AccountPage, PASSWORD } from "./pages/account.ts";
import { policyReports } from "./pages/policy-reports.ts";
import { type OwnServer, startOwnServer } from "./stage/own-server.ts";

const PORT = 7452;
const ORIGIN = `http://localhost:${PORT}`;
let own: OwnServer;

test.use({ baseURL: ORIGIN, storageState: { cookies: [], origins: [] } });
test.beforeAll(async () => {
  own = await startOwnServer({ env: { TRIHELM_PORT: String(PORT) } });
  own.cli(["user", "create", "--name", "mara", "--role", "admin"], PASSWORD);
});
test.afterAll(() => own.stop());

/** A viewer, an operator or an admin of this test alone. */
function person(name: string, role: string, ...narrow: string[]): string {
  own.cli(["user", "create", "--name", name, "--role", role, ...narrow], PASSWORD);
  return name;
}

/** Signed in for longer than what asks for a step-up goes without one. */
function makeStale(name: string): void {
  own.database((database) => {
    const hourAgo = new Date(Date.now() - 3_600_000);
    const kind = database.prepare("SELECT typeof(createdAt) AS kind FROM Session").get() as { kind: string };
    const time = kind.kind === "text" ? hourAgo.toISOString().replace("Z", "+00:00") : hourAgo.getTime();
    const of = "userId = (SELECT id FROM User WHERE username = ?)";
    expect(database.prepare(`UPDATE Session SET createdAt = ? WHERE ${of}`).run(time, name).changes).toBeGreaterThan(0);
  });
}

async function elsewhere(browser: Browser): Promise<{ page: Page; account: AccountPage }> {
  const page = await (await browser.newContext({ baseURL: ORIGIN })).newPage();
  return { page, account: new AccountPage(page) };
}

test("an admin adds somebody who reaches some services only, changes and removes them", async ({ page, browser }) => {
  const account = new AccountPage(page);
  await account.signIn("mara", { path: "/settings/people" });
  await page.getByRole("button", { name: "Add a person…" }).click();
  await page.getByLabel("User name").fill("jonas");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Role").selectOption("operator");
  await page.getByRole("group", { name: "They may reach" }).getByRole("button", { name: "Only some" }).click();
  await page.getByRole("button", { name: "Add person" }).click();
  await expect(page.getByText("Name at least one, as in local/docker/wa-*.")).toBeVisible();
  await page.getByLabel(/one pattern a line/).fill("local/docker/wa-*");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add person" }).click();
  const row = page.getByRole("list", { name: "People" }).getByRole("listitem").filter({ hasText: "jonas" });
  await expect(row).toContainText("local/docker/wa-*");

  const other = await elsewhere(browser);
  await other.account.signIn("jonas");
  await expect(other.page.getByRole("link", { name: "wa-scheduler-api", exact: true })).toBeVisible();
  await expect(other.page.getByRole("link", { name: "umami", exact: true })).toHaveCount(0);
  await other.page.goto("/services/local/docker/umami");
  await expect(other.page.getByRole("heading", { name: /There is no umami here/ })).toBeVisible();
  await other.account.open("/settings/people");
  await expect(other.page.getByRole("heading", { name: "This is for admins" })).toBeVisible();
  await expect(other.page.getByRole("navigation", { name: "Settings" })).not.toContainText("People");
  await expectAccessible(other.page);

  await page.getByRole("button", { name: "More for jonas" }).click();
  await page.getByRole("menuitem", { name: "Disable…" }).click();
  await page.getByRole("button", { name: /^Disable/ }).click();
  await expect(row).toContainText("Disabled");
  await expect(other.page).toHaveURL(/\/sign-in\?next=%2Fsettings%2Fpeople$/);
  await other.account.give("jonas", PASSWORD);
  await expect(other.page.getByRole("alert").filter({ hasText: /\w/ })).toBeVisible();

  await page.getByRole("button", { name: "More for jonas" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const remove = page.getByRole("button", { name: "Delete jonas" });
  await expect(remove).toBeDisabled();
  await page.getByLabel(/^Type jonas/).fill("jonas");
  await remove.click();
  await expect(row).toHaveCount(0);
});

test("the last admin stays", async ({ page }) => {
  await new AccountPage(page).signIn("mara", { path: "/settings/people" });
  await page.getByRole("button", { name: "More for mara" }).click();
  await page.getByRole("menuitem", { name: "Disable…" }).click();
  await page.getByRole("button", { name: /^Disable/ }).click();
  await expect(page.getByText(/last account that may do everything/)).toBeVisible();
});

test("a viewer finds nothing that would be refused", async ({ page }) => {
  const account = new AccountPage(page);
  await account.signIn(person("vera", "viewer"));
  const row = page.locator("[data-column]").getByRole("listitem").filter({ hasText: "caddy" });
  await row.getByRole("link", { name: /caddy/ }).focus();
  for (const verb of ["Restart", "Stop", "Start"])
    await expect(page.getByRole("button", { name: new RegExp(`^${verb} `) })).toHaveCount(0);
  await row.getByRole("button", { name: /^More for/ }).click();
  await expect(page.getByRole("menuitem", { name: /Pin|Protect|Kill/ })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await account.open("/services/local/docker/umami?tab=environment");
  await expect(page.getByText("APP_SECRET")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Reveal/ })).toHaveCount(0);
  await account.open("/settings/audit");
  await expect(page.getByRole("heading", { name: "This is for admins" })).toBeVisible();
});

test("a hidden value is shown after the password, and the trail says so", async ({ page }) => {
  const account = new AccountPage(page);
  await account.signIn(person("rita", "admin"), { path: "/services/local/docker/umami?tab=environment" });
  makeStale("rita");
  await page.getByRole("button", { name: "Reveal APP_SECRET" }).click();
  const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("Password", { exact: true }).fill("not the password");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByText("That is not the password.")).toBeVisible();
  await expect(page.getByText("demo-secret")).toHaveCount(0);
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("demo-secret")).toBeVisible();
  await page.getByRole("button", { name: "Hide APP_SECRET" }).click();
  await expect(page.getByText("demo-secret")).toHaveCount(0);
  // fresh now: no second question
  await page.getByRole("button", { name: "Reveal APP_SECRET" }).click();
  await expect(page.getByText("demo-secret")).toBeVisible();

  await account.open("/settings/audit?actor=rita");
  const trail = page.getByRole("list", { name: "Audit trail" });
  await expect(trail.getByText(/reveal/).first()).toBeVisible();
  await expect(trail).not.toContainText("demo-secret");
});

test("turning back from the question changes nothing", async ({ page }) => {
  const account = new AccountPage(page);
  await account.signIn(person("nils", "operator"), { path: "/settings/tokens" });
  makeStale("nils");
  await page.getByRole("button", { name: "Make a token…" }).click();
  await page.getByLabel("Name").fill("ci");
  await page.getByRole("button", { name: "Make token" }).click();
  await page.getByRole("dialog", { name: "Confirm that it is you" }).getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByLabel("Name")).toHaveValue("ci");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("No tokens")).toBeVisible();
});

test("a token is shown once, works as far as it may, and ends when revoked", async ({ page }) => {
  const account = new AccountPage(page);
  await account.signIn(person("tove", "operator"), { path: "/settings/tokens" });
  await page.getByRole("button", { name: "Make a token…" }).click();
  await page.getByLabel("Name").fill("backup-cron");
  await page.getByLabel("Ends after").selectOption({ label: "30 days" });
  await page.getByLabel("Role").selectOption("viewer");
  await page.getByRole("button", { name: "Make token" }).click();
  const token =
    (await page
      .locator("code")
      .filter({ hasText: /^trh_.{20}/ })
      .textContent()) ?? "";
  expect(token).toMatch(/^trh_[\w-]{43}$/);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("list", { name: "Tokens" })).toContainText("backup-cron");
  await expect(page.getByText(token)).toHaveCount(0);
  const headers = { authorization: `Bearer ${token}` };
  expect((await own.ask("/api/v1/services", { headers })).status).toBe(200);
  const restart = "/api/v1/services/local/docker/umami/restart";
  expect((await own.ask(restart, { method: "POST", headers, body: {} })).status).toBe(403);
  await page.getByRole("button", { name: "Revoke backup-cron" }).click();
  await page
    .getByRole("dialog", { name: "Revoke backup-cron?" })
    .getByRole("button", { name: /^Revoke/ })
    .click();
  await expect(page.getByText("No tokens")).toBeVisible();
  expect((await own.ask("/api/v1/services", { headers })).status).toBe(401);
});

test("another browser is signed out from here, and its page knows", async ({ page, browser }) => {
  const other = await elsewhere(browser);
  const name = person("sven", "viewer");
  await other.account.signIn(name, { path: "/logs" });
  await new AccountPage(page).signIn(name, { path: "/settings/sessions" });
  const sessions = page.getByRole("list", { name: "Sessions" }).getByRole("listitem");
  await expect(sessions).toHaveCount(2);
  await expect(sessions.first()).toContainText("this one");
  await expect(sessions.first()).toContainText(/Chrome \d+ on \w+/);
  await sessions
    .nth(1)
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(sessions).toHaveCount(1);
  await expect(other.page).toHaveURL(/\/sign-in\?next=%2Flogs/);
});

test("a changed password signs out the others, not this one", async ({ page, browser }) => {
  const other = await elsewhere(browser);
  const name = person("pia", "viewer");
  await other.account.signIn(name);
  await new AccountPage(page).signIn(name, { path: "/settings/sign-in" });
  await page.getByRole("button", { name: "Change password…" }).click();
  await page.getByLabel("Password now").fill("not the password");
  await page.getByLabel("New password").fill("another long password");
  await page.getByRole("button", { name: "Change password", exact: true }).click();
  await expect(page.getByText("That is not your password of now.")).toBeVisible();
  await page.getByLabel("Password now").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password", exact: true }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await expect(other.page).toHaveURL(/\/sign-in$/);
  await new AccountPage(page).open("/settings/sessions");
  await expect(page.getByRole("list", { name: "Sessions" }).getByRole("listitem")).toHaveCount(1);
});

test("the trail: one line an action, filters, files, an unbroken chain", async ({ page }) => {
  const account = new AccountPage(page);
  await account.signIn("mara");
  const restarted = await page.evaluate(() =>
    fetch("/api/v1/services/local/docker/umami/restart", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    }).then(({ status }) => status),
  );
  expect(restarted).toBe(200);
  await account.open("/settings/audit");
  await expect(page.getByText(/\d rows, unbroken/)).toBeVisible();
  const lines = page.getByRole("list", { name: "Audit trail" }).getByRole("listitem");
  const restart = lines.filter({ hasText: "service.restart" });
  await expect(restart).toHaveCount(1);
  await expect(restart).toContainText("Done");
  await restart.locator("summary").click();
  await expect(restart.getByRole("link", { name: "local/docker/umami" })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("searchbox", { name: "Action" }).fill("service.restart");
  await expect(lines).toHaveCount(1);
  await expect(page).toHaveURL(/\?action=service\.restart$/);
  const file = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const text = fs.readFileSync(await (await file).path(), "utf8");
  expect(text.split("\r\n")[0]).toMatch(/^seq,at,actor/);
  expect(text).toContain("service.restart");
  expect(text).not.toContain("session.sign-in");
  await page.getByRole("searchbox", { name: "Action" }).fill("no.such.thing");
  await expect(page.getByText("No row fits")).toBeVisible();
  await page.getByRole("button", { name: "Show all rows" }).click();
  await expect(restart).toHaveCount(1);
});

test("theme and single keys are kept", async ({ page }) => {
  const account = new AccountPage(page);
  await account.signIn("mara", { path: "/settings/appearance" });
  await page.getByRole("group", { name: "Theme" }).getByRole("button", { name: "Light" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.getByRole("checkbox", { name: /Single keys/ }).uncheck();
  await account.open("/settings/appearance");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.getByRole("heading", { name: "Appearance" }).click();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("checkbox", { name: /Single keys/ }).check();
  await page.getByRole("heading", { name: "Appearance" }).click();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});

test("the palette leads to the settings and out", async ({ page }) => {
  const account = new AccountPage(page);
  await account.signIn("mara");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("settings people");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/settings/people");
  await account.live();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("sign out");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/sign-in");
});

for (const [size, viewport] of Object.entries({
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
}))
  test(`every page of the settings, ${size}`, async ({ page }) => {
    const reports = await policyReports(page);
    await new AccountPage(page).signIn("mara");
    await page.setViewportSize(viewport);
    for (const name of ["sign-in", "sessions", "tokens", "appearance", "people", "audit", "about"]) {
      await page.goto(`/settings/${name}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
      const root = page.locator("html");
      for (const theme of ["dark", "light"]) {
        await root.evaluate((html, chosen) => html.setAttribute("data-theme", chosen), theme);
        await expectAccessible(page);
      }
      expect(await root.evaluate((html) => html.scrollWidth - html.clientWidth), name).toBeLessThanOrEqual(0);
    }
    await page.goto("/sign-in/done?next=%2Fsettings");
    await page.waitForURL("**/settings/sign-in");
    expect(reports).toEqual([]);
  });
