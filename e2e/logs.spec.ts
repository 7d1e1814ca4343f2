import fs from "node:fs";
import { expect, expectAccessible, haveOwnSession, test } from "./fixtures.ts";
import { LogsPage } from "./pages/logs.ts";
import { fallStoryteller, STORY_LINES, startStoryteller, stopStoryteller } from "./stage/storyteller.ts";

const UNIT = "local/systemd/clawdis-gateway.service";
const CONTAINER = "local/docker/wa-scheduler-api";
const APP = "local/pm2/cosyworld";
const STORY = "local/docker/storyteller";
const merged = `/logs?${[UNIT, CONTAINER, APP].map((id) => `service=${encodeURIComponent(id)}`).join("&")}`;

test.describe("services", () => {
  test("a unit, a container and an app stand on one timeline, with what they really wrote", async ({ page }) => {
    await page.goto(merged);
    const log = page.getByRole("log");
    await expect(log.getByText("message handled").first()).toBeVisible();
    const rail = page.getByRole("complementary", { name: "Sources" });
    for (const source of ["clawdis-gateway", "wa-scheduler-api", "cosyworld"])
      await expect(rail.getByText(source).first()).toBeVisible();
    await expect(rail.getByRole("checkbox", { name: /cosyworld.* lines/ })).toBeChecked();
  });

  test("what is written while one looks comes by itself", async ({ page }) => {
    await page.goto(`/logs?service=${encodeURIComponent(APP)}`);
    const log = page.getByRole("log");
    await expect(log.getByText("message handled").first()).toBeVisible();
    const before = await log.innerText();
    await expect.poll(() => log.innerText()).not.toBe(before);
  });

  test("the service page begins with its log; the API gives the same lines", async ({ page, request }) => {
    await page.goto(`/services/${UNIT}`);
    await expect(page.getByRole("log").getByText("turn done").first()).toBeVisible();
    const answer = await request.get(`/api/v1/services/${UNIT}/logs?q=listening&tail=all`);
    expect(answer.headers()["content-type"]).toContain("application/x-ndjson");
    const lines = (await answer.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThanOrEqual(5);
    for (const line of lines) {
      expect(line).toMatchObject({ service: UNIT, text: expect.stringContaining("listening") });
      expect(line.fields.message).toContain("listening");
    }
  });

  test("a search that finds nothing says so", async ({ page }) => {
    await page.goto(`${merged}&q=there-is-no-such-word`);
    await expect(page.getByRole("status").filter({ hasText: /^no match/ })).toBeVisible();
  });

  for (const theme of ["dark", "light"])
    test(`the log viewer is accessible, ${theme}`, async ({ page }) => {
      await page.addInitScript((chosen) => localStorage.setItem("theme", chosen), theme);
      await page.goto(merged);
      await expect(page.getByRole("log").getByText("message handled").first()).toBeVisible();
      await expectAccessible(page);
    });
});

test.describe("who names a file", () => {
  haveOwnSession();
  test("a file is a source from the moment that it is named until it is taken away", async ({ page, host }) => {
    const logs = new LogsPage(page);
    host.run(["sh", "-c", "mkdir -p /var/log/attached && echo 'INFO first of the file' > /var/log/attached/one.log"]);
    await page.goto(merged);
    const rail = page.getByRole("complementary", { name: "Sources" });
    await rail.getByRole("button", { name: "Add a file or pattern…" }).click();
    await page.getByRole("textbox", { name: "Path or pattern" }).fill("/etc/shadow");
    await page.getByRole("button", { name: "Add source" }).click();
    await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
    await page.getByRole("textbox", { name: "Path or pattern" }).fill("/var/log/attached/*.log");
    await page.getByRole("textbox", { name: "Title" }).fill("attached");
    await page.getByRole("button", { name: "Add source" }).click();
    await rail.getByText("attached", { exact: true }).hover();
    await rail.getByRole("button", { name: "Only attached" }).click();
    await expect(logs.row("first of the file")).toBeVisible();
    host.run(["sh", "-c", "echo 'INFO second of the file' >> /var/log/attached/one.log"]);
    await expect(logs.row("second of the file")).toBeVisible();
    await rail.getByRole("button", { name: "Show all sources" }).click();
    await rail.getByText("attached", { exact: true }).hover();
    await rail.getByRole("button", { name: "Remove source attached" }).click();
    await expect(rail.getByText("attached", { exact: true })).toHaveCount(0);
  });
});

test("the kernel is a source, and a boot is a time range", async ({ page }) => {
  await page.goto("/logs");
  await expect(page.getByRole("complementary", { name: "Sources" }).getByText("Kernel")).toBeVisible();
  await page.getByRole("button", { name: "Last 30 min" }).click();
  await page.getByRole("menuitemradio", { name: /^This boot, since / }).click();
  await expect(page).toHaveURL(/boot=0/);
  await expect(new LogsPage(page).rows().first()).toBeVisible();
});

test.describe("a container that tells of everything", () => {
  test.beforeAll(startStoryteller);
  test.afterAll(stopStoryteller);
  let logs: LogsPage;
  test.beforeEach(({ page }) => {
    logs = new LogsPage(page);
  });

  test("a stack trace is one row until it is opened, and so is a QR code", async () => {
    await logs.open([STORY]);
    const stack = await logs.find("no storage left");
    await expect(stack).not.toContainText("at flush");
    await stack.getByRole("button", { name: "stack, 3 lines" }).click();
    await expect(stack).toContainText("at flush (/app/disk.js:40:3)");
    const code = logs.row(/QR code.*2\d lines folded/s);
    await code.getByRole("button", { name: "Unfold" }).click();
    await expect(logs.row("▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄")).toBeVisible();
  });

  test("a match inside of a stack trace opens it", async () => {
    await logs.open([STORY]);
    await expect(await logs.find("disk.js:40")).toContainText("at flush (/app/disk.js:40:3)");
  });

  test("what a line would do to a terminal is not done here", async () => {
    await logs.open([STORY]);
    const line = await logs.find("evil.example");
    await expect(line).toContainText("green");
    await expect(line).toContainText("link");
    // the way to a login code is the page's own
    await expect(logs.log.getByRole("link").and(logs.page.locator(":not([href^='/relay'])"))).toHaveCount(0);
  });

  test("a search finds what the page has not loaded, and goes there", async ({ page }) => {
    await logs.open([STORY]);
    await expect(logs.row("the needle")).toHaveCount(0);
    await logs.search.fill("the needle");
    await expect(logs.hits.filter({ hasText: /^1$/ })).toBeVisible();
    await logs.search.press("Enter");
    await expect(logs.row("the needle is here")).toBeVisible();
    await expect(logs.hits.filter({ hasText: "1 of 1" })).toBeVisible();
    await expect(page).toHaveURL(/[?&]line=/);
    await expect(logs.status("Paused")).toBeVisible();
    await page.reload();
    await expect(logs.row("the needle is here")).toBeVisible();
  });

  test("from match to match by keys, and only those that match", async ({ page }) => {
    await logs.open([STORY]);
    await logs.search.fill("straw 39");
    await expect(logs.hits.filter({ hasText: /^111$/ })).toBeVisible();
    await logs.search.press("Enter");
    await expect(logs.selected()).toContainText(`straw ${STORY_LINES - 1}`);
    await logs.search.blur();
    await page.keyboard.press("N");
    await expect(logs.selected()).toContainText(`straw ${STORY_LINES - 2}`);
    await page.keyboard.press("n");
    await expect(logs.selected()).toContainText(`straw ${STORY_LINES - 1}`);
    await page.getByRole("button", { name: "Show only lines that match" }).click();
    await expect(logs.row("tick")).toHaveCount(0);
    await expect(logs.row(`straw ${STORY_LINES - 1}`)).toBeVisible();
    await logs.search.fill("the needle");
    await expect(logs.rows()).toHaveCount(1);
  });

  test("paused by a scroll, nothing moves and what comes is counted", async ({ page }) => {
    await logs.open([STORY]);
    await logs.live();
    await logs.log.hover();
    await page.mouse.wheel(0, -600);
    await expect(logs.status("Paused")).toBeVisible();
    const top = () => logs.rows().nth(20).boundingBox();
    const [text, box] = [await logs.rows().nth(20).innerText(), await top()];
    await expect(page.getByText(/[2-9] newer lines/)).toBeVisible();
    expect(await logs.rows().nth(20).innerText()).toBe(text);
    expect((await top())?.y).toBe(box?.y);
    await page.keyboard.press(" ");
    await logs.live();
    await expect(logs.status("Live")).toBeVisible();
  });

  test("a fall is a row of its own, and the keys go there", async ({ page }) => {
    await logs.open([STORY]);
    await logs.live();
    fallStoryteller();
    await expect(logs.row(/storyteller.*restart/s).last()).toBeVisible();
    await page.keyboard.press("[");
    await expect(logs.selected()).toContainText("storyteller");
    await expect(logs.selected()).toContainText(/restart|failed/);
    await expect(logs.status("Paused")).toBeVisible();
  });

  test("a field's value filters", async ({ page }) => {
    await logs.open([STORY]);
    await (await logs.find("queue is long")).click();
    await page.getByTitle("Filter by batch.id").click();
    await expect(page.getByRole("list", { name: "Field filters" })).toContainText("b-2292");
    await expect(logs.row("queue is long")).toBeVisible();
    await expect(logs.row("queue is short")).toHaveCount(0);
    await expect(logs.row("tick")).toHaveCount(0);
  });

  test("the selection is copied, and taken as a file", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await logs.open([STORY]);
    await logs.find("no storage left");
    await page.keyboard.press("y");
    await expect(page.getByText("4 lines copied")).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^Error: no storage left\n {4}at write/);
    await page.getByRole("button", { name: "Download or copy" }).click();
    const coming = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Selected lines (.log)" }).click();
    const file = await (await coming).path();
    expect(fs.readFileSync(file, "utf8")).toMatch(/^\d{4}-\d\d-\d\dT\S+Z Error: no storage left\n/);
  });

  test("a view is kept under its name", async ({ page }) => {
    await logs.open([STORY], "&levels=error,warn");
    await page.getByRole("button", { name: "Save this view" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("story, warn and up");
    await page.getByRole("button", { name: "Save view" }).click();
    await page.goto(merged);
    await page.getByRole("link", { name: "story, warn and up" }).click();
    await expect(page).toHaveURL(/service=local\/docker\/storyteller&levels=error%2Cwarn&range=all|storyteller/);
    await expect(logs.row("queue is long")).toBeVisible();
    await expect(logs.row("tick")).toHaveCount(0);
  });

  test("dense rows, and the choice is kept", async ({ page }) => {
    await logs.open([STORY]);
    await page.getByRole("button", { name: "Times and density" }).click();
    await page.getByRole("menuitemradio", { name: "Compact" }).click();
    await page.reload();
    await expect.poll(async () => (await logs.row("tick").last().boundingBox())?.height).toBe(16);
  });

  test("dragging over the bars shows that time alone", async ({ page }) => {
    await logs.open([STORY]);
    const bars = page.getByRole("img", { name: /lines over time/ });
    await expect(bars.locator("rect").first()).toBeAttached();
    const box = (await bars.boundingBox())!;
    await page.mouse.move(box.x + 2, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 30, { steps: 4 });
    await page.mouse.up();
    await expect(page).toHaveURL(/since=.*until=/);
    await page.getByRole("button", { name: "Zoom out" }).click();
    await expect(page).not.toHaveURL(/since=/);
  });

  test("on a phone it fits, and is accessible", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await logs.open([STORY]);
    await expect(logs.row("tick").last()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page);
  });
});
