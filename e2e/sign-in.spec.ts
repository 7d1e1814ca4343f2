import fs from "node:fs";
import path from "node:path";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { AccountPage, codeOf, PASSWORD } from "./pages/account.ts";
import { policyReports } from "./pages/policy-reports.ts";
import { type OwnServer, startOwnServer } from "./stage/own-server.ts";

// a server of its own: it begins without accounts, and its passkeys belong to this name and port
const PORT = 7451;
const ORIGIN = `http://localhost:${PORT}`;
let own: OwnServer;
let codes: string[] = [];

test.use({ baseURL: ORIGIN, storageState: { cookies: [], origins: [] } });
// one story: the first account, then everything that it can sign in by, then what locks it
test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  own = await startOwnServer({ env: { TRIHELM_PORT: String(PORT) } });
});
test.afterAll(() => own.stop());

function setupFile(): { link: string; code: string } {
  const [link = "", code = ""] = fs.readFileSync(path.join(own.dataDir, "setup-code"), "utf8").trim().split("\n");
  return { link, code };
}

test("without an account every page is the first run", async ({ page }) => {
  for (const address of ["/", "/logs", "/settings/people", "/sign-in", "/services/local/docker/umami"]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { name: "Enter the setup code" })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe("/setup");
  }
  await expectAccessible(page);
});

test("the boxes take a code typed, pasted and corrected; a wrong one is told so", async ({ page }) => {
  await page.goto("/setup");
  const box = (at: number) => page.getByLabel(`Character ${at} of 8`);
  await expect(page.getByRole("button", { name: "Continue" })).toBeDisabled();
  await box(1).click();
  await page.keyboard.type("k7d-2");
  await expect(box(5)).toBeFocused();
  await page.keyboard.press("Backspace");
  await expect(box(4)).toHaveValue("");
  await expect(box(4)).toBeFocused();
  await page.keyboard.type("29xpa");
  await expect(box(8)).toHaveValue("A");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "not the code of now" })).toBeVisible();

  await page.getByRole("heading", { name: "Enter the setup code" }).click();
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, setupFile().code.toLowerCase());
  await expect(page.getByRole("heading", { name: "Make the first account" })).toBeVisible();
});

test("the printed link leads on, its token leaves the address, and the account is made", async ({ page }) => {
  const { hash } = new URL(setupFile().link);
  expect(hash).toMatch(/^#token=.{20,}/);
  await page.goto(`/setup${hash}`);
  await expect(page.getByRole("heading", { name: "Make the first account" })).toBeFocused();
  expect(page.url()).toBe(`${ORIGIN}/setup`);
  await page.getByLabel("User name").fill("mara");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Make account" }).click();
  await expect(page.getByText("A password has at least 10 signs.")).toBeVisible();
  await expect(page.getByLabel("User name")).toHaveValue("mara");
  await expectAccessible(page);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Make account" }).click();

  await expect(page.getByRole("heading", { name: "Connect the three supervisors" })).toBeVisible();
  await expect(page.getByText("Connected", { exact: true })).toHaveCount(3);
  await expect(page.getByRole("status")).toHaveText("3 of 3 connected");
  await expectAccessible(page);
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(page.getByRole("button", { name: "Account: mara" })).toBeVisible();
  expect(fs.existsSync(path.join(own.dataDir, "setup-code"))).toBe(false);
  await page.goto("/setup");
  await page.waitForURL(`${ORIGIN}/`);
});

test("a wrong password keeps the name, a right one leads to where somebody was going", async ({ page }) => {
  const account = new AccountPage(page);
  await page.goto("/logs?q=refused");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await expect(page.getByText("Not encrypted")).toBeVisible();
  await account.give("mara", "not the password");
  await expect(page.getByText("The user name or the password is wrong.")).toBeVisible();
  await expect(page.getByLabel("User name")).toHaveValue("mara");
  await expect(page.getByText("user reset --name mara")).toBeVisible();
  await expectAccessible(page);
  await account.give("nobody-here", "not the password");
  await expect(page.getByText("The user name or the password is wrong.")).toBeVisible();
  await account.give("mara", PASSWORD);
  await expect(page).toHaveURL(`${ORIGIN}/logs?q=refused`);
});

test("next leads nowhere else", async ({ page }) => {
  const account = new AccountPage(page);
  for (const next of ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await account.give("mara", PASSWORD);
    await expect(page.getByRole("button", { name: "Account: mara" })).toBeVisible();
    expect(page.url()).toBe(`${ORIGIN}/`);
    await page.goto(`/sign-in/done?next=${encodeURIComponent(next)}`);
    await page.waitForURL(`${ORIGIN}/`);
    await page.context().clearCookies();
  }
});

test("whoever is signed in already is sent on, without going round", async ({ page }) => {
  await new AccountPage(page).signIn("mara");
  await page.goto("/sign-in?next=%2Flogs");
  await expect(page).toHaveURL(`${ORIGIN}/logs`);
  await page.goto("/sign-in?next=%2Flogs");
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeEnabled();
});

test("a passkey is made, named and signs in", async ({ page }) => {
  const account = new AccountPage(page);
  await account.addAuthenticator();
  await account.signIn("mara", { path: "/settings/sign-in" });
  await page.getByRole("button", { name: "Add a passkey…" }).click();
  await page.getByLabel("Name").fill("laptop");
  await page.getByRole("button", { name: "Continue" }).click();
  const passkeys = page.getByRole("list", { name: "Passkeys" });
  await expect(passkeys).toContainText("laptop");
  await page.getByRole("button", { name: "Rename laptop" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("desk");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(passkeys).toContainText("desk");

  await account.signOut("mara");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL(`${ORIGIN}/`);
  await account.open("/settings/sign-in");
  await page.getByRole("button", { name: "Remove desk" }).click();
  await page
    .getByRole("dialog", { name: "Remove desk?" })
    .getByRole("button", { name: /^Remove/ })
    .click();
  await expect(passkeys).toHaveCount(0);
});

test("a code from an app is set up, and asked for", async ({ page }) => {
  const reports = await policyReports(page);
  const account = new AccountPage(page);
  await account.signIn("mara", { path: "/settings/sign-in" });
  await page.getByRole("button", { name: "Set up…" }).click();
  await page.getByLabel("Your password").fill("not the password");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("That is not your password.")).toBeVisible();
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("img", { name: "QR code for the app" })).toBeVisible();
  await expectAccessible(page);
  const key =
    (await page
      .locator("code")
      .filter({ hasText: /^[A-Z2-7]{4} / })
      .textContent()) ?? "";
  await page.getByLabel("Code", { exact: true }).fill(await codeOf(key));
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("heading", { name: "Keep these recovery codes" })).toBeVisible();
  codes = await page.getByRole("region", { name: "Recovery codes" }).getByRole("listitem").allTextContents();
  expect(codes).toHaveLength(10);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByText(codes[0]!)).toBeVisible();
  await expect(page.getByRole("button", { name: "Download", includeHidden: true })).toBeHidden();
  await page.emulateMedia({ media: null });
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  expect(fs.readFileSync(await (await file).path(), "utf8")).toContain(codes[9]!);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("On", { exact: true })).toBeVisible();

  await account.signOut("mara");
  await account.give("mara", PASSWORD);
  await expect(page.getByRole("heading", { name: "Enter the code" })).toBeVisible();
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await expect(page.getByText("That code is wrong")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Code", { exact: true }).fill(await codeOf(key));
  await page.waitForURL(`${ORIGIN}/`);
  expect(reports).toEqual([]);
});

test("a recovery code works once", async ({ page }) => {
  const account = new AccountPage(page);
  for (const first of [true, false]) {
    await page.goto("/sign-in");
    await account.give("mara", PASSWORD);
    await page.getByRole("button", { name: "Use a recovery code instead" }).click();
    await page.getByLabel("Recovery code").fill(codes[0]!);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    if (first) await page.waitForURL(`${ORIGIN}/`);
    else await expect(page.getByText("none of the recovery codes")).toBeVisible();
    await page.context().clearCookies();
  }
});

test("five wrong tries lock, and the page says for how long", async ({ page }) => {
  const account = new AccountPage(page);
  await page.goto("/sign-in");
  for (let tries = 0; tries < 6; tries += 1) {
    await account.give("mara", `wrong ${tries}`);
    await expect(page.getByText(/is wrong|Too many tries/)).toBeVisible();
  }
  await expect(page.getByText("Too many tries. Try again in 15 min.")).toBeVisible();
  await expect(page.getByLabel("User name")).toHaveValue("mara");
});
