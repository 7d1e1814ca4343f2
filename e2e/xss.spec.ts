import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { APP, CONTAINER, plantPayloads, removePayloads } from "./host/payloads.ts";
import { ask, stageHost } from "./stage/stage.ts";

const IDS = ["local/systemd/payload.service", `local/pm2/${encodeURIComponent(APP)}`, `local/docker/${CONTAINER}`];

test.beforeAll(async () => {
  plantPayloads(stageHost());
  const missing = async () => {
    const { items } = (await (await ask("/api/v1/services")).json()) as { items: { id: string }[] };
    return IDS.filter((id) => !items.some((service) => service.id === id));
  };
  await expect.poll(missing, { timeout: 20_000 }).toEqual([]);
});
test.afterAll(() => removePayloads(stageHost()));

interface Watched {
  xss?: unknown;
  reports?: string[];
}

/** Notes what the browser's policy refused, and every dialog that opens. */
async function watch(page: Page): Promise<string[]> {
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    const watched = window as unknown as Watched;
    watched.reports = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
      watched.reports?.push(`${violatedDirective} ${blockedURI} ${sample}`),
    );
  });
  return dialogs;
}

/** Nothing of a payload became anything but text. */
async function expectInert(page: Page, dialogs: readonly string[]): Promise<void> {
  const state = await page.evaluate(() => {
    const { xss, reports } = window as unknown as Watched;
    const links = [...document.querySelectorAll("[href], [src]")].map(
      (element) => element.getAttribute("href") ?? element.getAttribute("src") ?? "",
    );
    return {
      xss,
      reports,
      elements: [...document.querySelectorAll(".payload")].map(({ outerHTML }) => outerHTML),
      links: links.filter((link) => /^\s*(javascript|data:text|vbscript)/i.test(link)),
      handlers: [...document.querySelectorAll("[onerror], [onload], [onclick], [srcdoc]")].map(
        ({ outerHTML }) => outerHTML,
      ),
    };
  });
  expect({ ...state, dialogs }).toEqual({ reports: [], elements: [], links: [], handlers: [], dialogs: [] });
}

test("the board shows them as text, by supervisor and by app", async ({ page, board }) => {
  const dialogs = await watch(page);
  await board.open();
  await expect(page.getByText("<img src=x class=payload").first()).toBeVisible();
  await expectInert(page, dialogs);
  await page
    .getByRole("radio", { name: /app/i })
    .or(page.getByRole("button", { name: /^By app/i }))
    .first()
    .click();
  await expect(page.getByText("<b class=payload>").first()).toBeVisible();
  await expectInert(page, dialogs);
});

for (const id of IDS)
  test(`every tab of ${decodeURIComponent(id)}`, async ({ page }) => {
    const dialogs = await watch(page);
    await page.goto(`/services/${id}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText("window.xss=1").first()).toBeVisible();
    await expectInert(page, dialogs);
    const tabs = page.getByRole("navigation").getByRole("link").or(page.getByRole("tab"));
    const hrefs = await tabs.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    for (const href of hrefs.filter((one) => one.includes("tab="))) {
      await page.goto(href);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByText("payload").first()).toBeVisible();
      await expectInert(page, dialogs);
    }
  });

test("the logs page, live, searched, with a line opened", async ({ page }) => {
  const dialogs = await watch(page);
  await page.goto(`/logs?${IDS.map((id) => `service=${encodeURIComponent(id)}`).join("&")}`);
  const line = page.getByText("window.xss=1").first();
  await expect(line).toBeVisible();
  await expectInert(page, dialogs);
  await line.click();
  await expectInert(page, dialogs);
  await page.getByRole("searchbox").first().fill("<img src=x");
  await expect(page.getByText("<img src=x class=payload").first()).toBeVisible();
  await expectInert(page, dialogs);
});

test("the palette finds them by their own words", async ({ page, board }) => {
  const dialogs = await watch(page);
  await board.open();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("<img");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectInert(page, dialogs);
});

test("needs and messages say them as they are", async ({ page, board }) => {
  const dialogs = await watch(page);
  await board.open();
  // its health check fails and says a payload
  await expect(page.getByText(/unhealthy/i).first()).toBeVisible();
  await ask(`/api/v1/services/${IDS[1]}/stop`, { method: "POST" });
  await expectInert(page, dialogs);
  await page.goto(`/services/${IDS[1]}`);
  await page
    .getByRole("button", { name: /^Start/ })
    .first()
    .click();
  await expect(page.getByRole("region", { name: /^Messages/ })).toContainText("<img src=x");
  await expectInert(page, dialogs);
  await page.goto(
    `/services/local/docker/${encodeURIComponent(`<img src=x onerror=window.xss=1>`)}?tab=${encodeURIComponent("<svg onload=window.xss=1>")}`,
  );
  await expect(page.getByRole("heading").first()).toBeVisible();
  await expectInert(page, dialogs);
  // whoever is signed in is sent on, and nowhere but home from there
  await page.goto(`/sign-in?next=${encodeURIComponent("javascript:window.xss=1")}`);
  await expect(page).toHaveURL(/:\d+\/$/);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeAttached();
  await expectInert(page, dialogs);
});
