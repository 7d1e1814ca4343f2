import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { docker } from "./stage/native.ts";

const NAME = "trihelm-test-faller";
const SERVICE = `/services/local/docker/${NAME}`;
const SAID = "Error: listen EADDRINUSE: address already in use 127.0.0.1:3001";

test.beforeAll(() => {
  const own = ["--label", "trihelm.test.stand-in=1", "--label", "trihelm.test=1"];
  // seen running before it falls: what was down from the start has no end to tell of
  const fall = `echo listening soon; sleep 4; echo '${SAID}' >&2; exit 3`;
  docker("run", "-d", "--name", NAME, ...own, "trihelm-test/wa-scheduler:latest", "sh", "-c", fall);
});

test.afterAll(() => {
  docker("rm", "-f", NAME);
});

test("a container that fails: its alert with its card, and who has taken it on, seen at once elsewhere", async ({
  page,
  pageAs,
}) => {
  const other = await pageAs("operator");
  for (const one of [page, other]) {
    await one.goto("/alerts");
    // what failed shortly before may have it as a part
    const link = one.getByRole("region", { name: "Open alerts" }).getByRole("link", { name: `${NAME} failed` });
    await expect(link).toBeVisible({ timeout: 20_000 });
    if (one === page) await accessible(one);
    await link.click();
    await expect(one.getByRole("heading", { level: 1 })).toContainText(NAME);
  }
  await expect(page.getByRole("navigation", { name: "Main" }).getByText(/^\d+ alerts? open$/)).toBeAttached();
  const card = page.getByRole("region", { name: "Why it ended" });
  await expect(card).toContainText("Exit 3");
  await expect(card).toContainText("Port 3001 is already in use");
  await expect(card).toContainText(SAID);
  await accessible(page);

  await page.getByRole("textbox", { name: "Note for the others" }).fill("on it");
  await page.getByRole("button", { name: "Acknowledge" }).click();
  for (const one of [page, other]) {
    await expect(one.getByText("Acknowledged", { exact: true })).toBeVisible();
    await expect(one.getByText(/^by mara, /)).toContainText("on it");
    await expect(one.getByRole("button", { name: "Acknowledge" })).toBeHidden();
  }
});

test("the same failure on the line of time and at the head of its service", async ({ page }) => {
  await page.goto("/activity");
  const line = page.getByRole("listitem").filter({ hasText: NAME }).filter({ hasText: "exit 3" });
  await expect(line.first()).toBeVisible();
  await accessible(page);
  await page.getByRole("searchbox", { name: "Filter activity" }).fill("nothing is called this");
  await expect(page.getByText("Nothing matches “nothing is called this”")).toBeVisible();
  await page.getByRole("button", { name: "Clear filter" }).click();
  await line.first().getByRole("link").click();

  const events = page.getByRole("list", { name: "Events" });
  await events
    .getByRole("button", { name: /Exit 3/ })
    .first()
    .click();
  await expect(events.getByRole("region", { name: "Why it ended" })).toContainText(SAID);
  await expect(page.getByRole("region", { name: "Last exit" })).toContainText("Exit 3");
  await accessible(page);
  await page.goto(SERVICE);
  await expect(page.getByRole("region", { name: "Last exit" }).getByText(/lines? before it$/)).toBeVisible();
});

test("a chart is looked at closer, and all of them with it", async ({ page }) => {
  await page.goto("/services/local/systemd/clawdis-gateway.service?tab=metrics");
  const charts = page.getByRole("figure");
  const first = page.locator(".u-over").first();
  await expect(charts.nth(1)).toBeVisible({ timeout: 20_000 });
  const box = await first.boundingBox();
  if (!box) throw new Error("the chart has no place");
  await page.mouse.move(box.x + box.width - 90, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 5, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByText(/^\w{3} \d+ \w{3}, \d\d:\d\d to /)).toBeVisible();
  await expect(page.getByRole("button", { name: "1 h", exact: true })).toHaveAttribute("aria-pressed", "false");
  await page.getByRole("button", { name: "Back to now" }).click();
  await expect(page.getByRole("button", { name: "1 h", exact: true })).toHaveAttribute("aria-pressed", "true");
});

async function accessible(page: Page): Promise<void> {
  for (const theme of ["dark", "light"]) {
    await page.locator("html").evaluate((html, chosen) => html.setAttribute("data-theme", chosen), theme);
    await expectAccessible(page);
  }
}
