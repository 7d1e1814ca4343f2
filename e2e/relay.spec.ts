import fs from "node:fs";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { BoardPage } from "./pages/board.ts";
import { policyReports } from "./pages/policy-reports.ts";
import {
  askForScan,
  asking,
  CODES,
  codeNow,
  ID,
  links,
  nothingWaits,
  phoneLinks,
  photographed,
  RelayPage,
  revoke,
  trailOf,
  WORKER,
} from "./pages/relay.ts";
import { ask, url } from "./stage/stage.ts";

const PHONE = { width: 390, height: 844 };
const SHOW = `?service=${encodeURIComponent(ID)}`;
const GUEST = "/api/v1/relay/guest";

// a camera looks again and again, and each look takes its time
test.describe.configure({ timeout: 180_000 });
test.beforeEach(() => nothingWaits());
test.afterAll(() => phoneLinks());

test("a worker's code appears by itself, is covered, is read by a camera, and gives way to its next", async ({
  page,
}) => {
  const relay = new RelayPage(page);
  await relay.open();
  await expect(relay.waiting).toHaveCount(0);
  const [first, next] = await nextCodes();
  await expect(relay.waiting).toBeVisible();
  await expect(page.getByRole("link", { name: /^QR relay.*\d codes? waiting/ })).toBeVisible();
  await relay.waiting.getByRole("link").click();
  await expect(relay.picture).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect.poll(() => photographed(page)).toBe(first);
  askForScan();
  await expect.poll(() => photographed(page)).toBe(next);
  await expect(relay.pane.getByText(/New code (in \d+ s|any moment)/)).toBeVisible();
  await relay.pane.getByRole("button", { name: "Cover" }).click();
  expect(await photographed(page)).toBe("");
});

test("the overview, the service's page and its log lead to it", async ({ page }) => {
  askForScan();
  const board = new BoardPage(page);
  await board.open();
  await expect(board.need(WORKER)).toContainText("waits for login");
  await expect(board.row(WORKER)).toContainText("QR waiting");
  await board
    .need(WORKER)
    .getByRole("link", { name: `Show the QR code of ${WORKER}` })
    .click();
  await expect.poll(() => photographed(page)).not.toBe("");
  // each lasts for 20 seconds, and a slow machine takes its time
  askForScan();
  await page.goto(`/services/${ID}`);
  await expect(page.getByRole("link", { name: "QR waiting" })).toBeVisible();
  await expect(page.getByRole("log").getByText("QR code").first()).toBeVisible();
  await page.getByRole("link", { name: "Show QR" }).first().click();
  await expect.poll(() => photographed(page)).not.toBe("");
});

test("who looks elsewhere is told when one begins to wait; what they uncover is covered the next time", async ({
  page,
}) => {
  const board = new BoardPage(page);
  await board.open();
  await expect(board.row(WORKER)).not.toContainText("QR waiting");
  askForScan();
  await expect(board.messages).toContainText(`${WORKER} waits for a scan`);
  await board.messages.getByRole("button", { name: "Show QR" }).click();
  await expect.poll(() => photographed(page)).not.toBe("");
  await expect(page).not.toHaveURL(/show=/);
  phoneLinks();
  await expect.poll(codeNow).toBe(null);
  askForScan();
  await expect(new RelayPage(page).pane.getByText("The code is covered")).toBeVisible();
  expect(await photographed(page)).toBe("");
});

test("a link shows it to a phone without an account, live, until it is linked; nobody else gets anything", async ({
  page,
  browser,
}) => {
  const relay = new RelayPage(page);
  await relay.open(SHOW);
  const address = await relay.makeLink({ "Name on its page": "the scheduler" });
  askForScan();
  const guest = await stranger(browser);
  const reports = await policyReports(guest.page);
  await guest.page.goto(address);
  await expect(guest.page.getByRole("heading", { name: "Link WhatsApp to the scheduler" })).toBeVisible();
  await expect(guest.page.getByText("Sent by mara.")).toBeVisible();
  expect(guest.page.url()).not.toContain("#");
  await expect.poll(() => photographed(guest.page)).not.toBe("");
  // links are read every 15 seconds
  await expect(relay.pane.getByText("Opened 1 of 3 times").first()).toBeVisible({ timeout: 30_000 });
  const [first, next] = await nextCodes();
  await expect.poll(() => photographed(guest.page)).toBe(first);
  askForScan();
  await expect.poll(() => photographed(guest.page)).toBe(next);
  askForScan();
  await guest.page.reload();
  await expect.poll(() => photographed(guest.page)).toBe(first);
  const own = idOf(address);
  expect((await links()).find(({ id }) => id === own)?.opens).toBe(1);

  const other = await stranger(browser);
  await other.page.goto(address.replace(/#.*/, ""));
  await expect(other.page.getByRole("heading", { name: "This page has lost its link" })).toBeVisible();
  await other.page.goto(address.replace(/.{4}$/, "AAAA"));
  await expect(other.page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  expect(await photographed(other.page)).toBe("");
  for (const target of [`${GUEST}?link=${own}`, `${GUEST}.svg?link=${own}`, `${GUEST}/events?link=${own}`])
    expect((await other.context.request.get(`${url}${target}`)).status()).toBe(401);
  // nor does the guest's cookie open anything but the guest's own
  for (const target of [
    "/api/v1/services",
    "/api/v1/relay/codes",
    "/api/v1/relay/links",
    `/api/v1/relay/codes/${ID}.svg`,
  ])
    expect((await guest.context.request.get(`${url}${target}`)).status()).toBe(401);

  phoneLinks();
  await expect(guest.page.getByRole("heading", { name: "WhatsApp is linked" })).toBeVisible();
  await expect(guest.page.getByText("no longer works")).toBeVisible();
  await expect(relay.waiting).toHaveCount(0);
  await expect(
    page.getByRole("listitem").filter({ hasText: "Connected" }).filter({ hasText: WORKER }).first(),
  ).toBeVisible();
  await other.page.goto(address);
  await expect(other.page.getByRole("heading", { name: "This link has been used" })).toBeVisible();
  expect(reports).toEqual([]);
  await guest.context.close();
  await other.context.close();
});

test("a link asks for its passphrase, gets more time, and is over once it is revoked", async ({ page, browser }) => {
  const relay = new RelayPage(page);
  await relay.open(SHOW);
  const address = await relay.makeLink({ Passphrase: "open sesame" });
  const guest = await stranger(browser);
  await guest.page.goto(address);
  await guest.page.getByLabel("Passphrase").fill("close sesame");
  await guest.page.getByRole("button", { name: "Show the code" }).click();
  await expect(guest.page.getByRole("alert")).toHaveText("That is not the passphrase.");
  await guest.page.getByLabel("Passphrase").fill("open sesame");
  const [first] = await nextCodes();
  await guest.page.getByRole("button", { name: "Show the code" }).click();
  await expect.poll(() => photographed(guest.page)).toBe(first);
  await relay.pane.getByRole("button", { name: "Add 15 min" }).click();
  await expect(relay.pane.getByText(/in (2\d|30) min or when scanned/)).toBeVisible();
  await relay.pane.getByRole("button", { name: "Revoke link" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke link" }).click();
  await expect(guest.page.getByRole("heading", { name: "This link was withdrawn" })).toBeVisible();
  expect(await photographed(guest.page)).toBe("");
  await expect(relay.pane.getByRole("button", { name: "Make a link…" })).toBeVisible();
  await guest.page.goto(address);
  await expect(guest.page.getByRole("heading", { name: "This link was withdrawn" })).toBeVisible();
  await guest.context.close();
});

test("a viewer sees that one waits, and no picture", async ({ pageAs }) => {
  askForScan();
  const page = await pageAs("viewer");
  const relay = new RelayPage(page);
  await relay.open(`${SHOW}&show=1`);
  await expect(relay.pane.getByText("The code is for those who may act")).toBeVisible();
  await expect(relay.picture).toHaveCount(0);
  expect(await photographed(page)).toBe("");
  await expect(page.getByRole("button", { name: /link/i })).toHaveCount(0);
  expect((await ask(`/api/v1/relay/codes/${ID}.svg`, { as: "viewer" })).status).toBe(403);
  const { items } = (await (await ask("/api/v1/relay/codes", { as: "viewer" })).json()) as { items: unknown[] };
  expect(items).toContainEqual(expect.objectContaining({ service: ID, payload: null }));
});

test("an expression of its own ends a code where the usual words do not", async ({ page, pageAs }) => {
  const relay = new RelayPage(page);
  await relay.open(SHOW);
  await page.getByRole("button", { name: "Watch settings" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Service").selectOption({ label: `${WORKER}, Docker` });
  await dialog.getByLabel("A line that says it is linked").fill("(");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("A line that says it is linked").fill("Message (sent|kept)");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  const before = (await asking())?.firstSeenAt;
  askForScan();
  // nobody scans it: its next job says that it is linked
  await expect
    .poll(async () => {
      const now = await asking();
      return now?.firstSeenAt === before ? "as before" : now?.state;
    })
    .toBe("linked");
  await expect(relay.waiting).toHaveCount(0);
  await page.getByRole("button", { name: "Watch settings" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(dialog.getByRole("button", { name: "Remove" })).toBeHidden();
  const operator = await pageAs("operator");
  await new RelayPage(operator).open();
  await expect(operator.getByRole("button", { name: "Watch settings" })).toHaveCount(0);
});

test("a pasted log's code is drawn", async ({ page }) => {
  const art = fs.readFileSync(path.join(import.meta.dirname, "host/stand-ins/whatsapp-qr.txt"), "utf8");
  await page.goto("/relay/decode");
  await page.getByLabel("Lines of the log").fill(`something before\n${art}\nsomething after`);
  await page.getByRole("button", { name: "Find codes" }).click();
  await expect(page.getByRole("heading", { name: "WhatsApp login" })).toBeVisible();
  await expect(page.getByText(CODES[0]!)).toBeVisible();
  expect(await photographed(page)).toContain(CODES[0]);
  await page.getByLabel("Lines of the log").fill("nothing that is drawn");
  await page.getByRole("button", { name: "Find codes" }).click();
  await expect(page.getByText("No code in this text")).toBeVisible();
});

for (const scheme of ["dark", "light"] as const)
  test(`the relay with a code and a link's page are accessible, ${scheme}`, async ({ page, browser }) => {
    askForScan();
    await page.addInitScript((chosen) => localStorage.setItem("theme", chosen), scheme);
    const relay = new RelayPage(page);
    await relay.open(`${SHOW}&show=1`);
    await expect(relay.picture).toBeVisible();
    const address = await relay.makeLink({ Passphrase: "open sesame" });
    await expectAccessible(page);
    const guest = await stranger(browser, scheme);
    await guest.page.goto(address);
    await expect(guest.page.getByLabel("Passphrase")).toBeVisible();
    await expectAccessible(guest.page);
    askForScan();
    await guest.page.getByLabel("Passphrase").fill("open sesame");
    await guest.page.keyboard.press("Enter");
    await expect(guest.page.getByRole("img", { name: /^QR code/ })).toBeVisible();
    for (const size of [PHONE, { width: 1440, height: 900 }]) {
      await guest.page.setViewportSize(size);
      await expectAccessible(guest.page);
      for (const one of [page, guest.page]) expect(await overflow(one)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize(PHONE);
    await expect(relay.pane).toBeVisible();
    await expectAccessible(page);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    phoneLinks();
    await expect(guest.page.getByRole("heading", { name: "WhatsApp is linked" })).toBeVisible();
    await expectAccessible(guest.page);
    await guest.context.close();
  });

test("a link's page is small, may do next to nothing, and its secret is written down nowhere", async ({
  page,
  host,
  request,
  browser,
}) => {
  const relay = new RelayPage(page);
  await relay.open(SHOW);
  const address = await relay.makeLink();
  const [plain = ""] = address.split("#");
  const answer = await request.get(plain);
  const nonce = /'nonce-([^']+)'/.exec(answer.headers()["content-security-policy"] ?? "")?.[1];
  expect(answer.headers()).toMatchObject({
    "content-security-policy": [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
      "style-src-attr 'none'",
      "img-src 'self'",
      "connect-src 'self'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
  });
  const text = await answer.text();
  expect(text.length).toBeLessThan(24_000);
  expect(text).not.toMatch(/_next|wa-scheduler|<[a-z][^<>]*\s(?:style|on\w+)=/);
  expect((await request.get(plain, { headers: { origin: "https://evil.example" } })).status()).toBe(403);

  const guest = await stranger(browser);
  await guest.page.goto(address);
  await expect(guest.page.getByText("Sent by mara.")).toBeVisible();
  const next = await relay.makeLink();
  await revoke(idOf(address));
  await nextCodes();
  phoneLinks();
  await expect.poll(() => trailOf(idOf(next))).toContain("linked");
  for (const action of ["create", "open", "revoke"]) expect(await trailOf(idOf(address))).toContain(action);
  const trail = await (await ask("/api/v1/audit?limit=200")).text();
  const journal = host.run(["journalctl", "-u", "trihelm.service", "-o", "cat", "--no-pager"]);
  for (const secret of [address, next].map((one) => one.split("#")[1] ?? "")) {
    expect(secret.length).toBeGreaterThanOrEqual(43);
    expect(trail).not.toContain(secret);
    expect(journal).not.toContain(secret);
  }
  await guest.context.close();
});

/** Two more codes, the first of them printed: whichever of the two the worker's turn is. */
async function nextCodes(): Promise<[string, string]> {
  const before = await codeNow();
  askForScan();
  await expect.poll(async () => CODES.includes((await codeNow()) ?? "") && (await codeNow()) !== before).toBe(true);
  const first = (await codeNow()) ?? "";
  return [first, CODES.find((code) => code !== first) ?? ""];
}

/** A link's id, of its address. */
function idOf(address: string): string {
  return new URL(address).pathname.split("/").pop() ?? "";
}

/** A phone-size browser of somebody who has no account here. */
async function stranger(
  browser: Browser,
  colorScheme: "dark" | "light" = "dark",
): Promise<{ context: BrowserContext; page: Page }> {
  const nobody = { cookies: [], origins: [] };
  const context = await browser.newContext({
    viewport: PHONE,
    deviceScaleFactor: 2,
    colorScheme,
    storageState: nobody,
  });
  return { context, page: await context.newPage() };
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
