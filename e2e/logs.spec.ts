import { expect, expectAccessible, test } from "./fixtures.ts";

const UNIT = "local/systemd/clawdis-gateway.service";
const CONTAINER = "local/docker/wa-scheduler-api";
const APP = "local/pm2/cosyworld";
const merged = `/logs?${[UNIT, CONTAINER, APP].map((id) => `service=${encodeURIComponent(id)}`).join("&")}`;

test("a unit, a container and an app stand on one timeline, with what they really wrote", async ({ page }) => {
  await page.goto(merged);
  const log = page.getByRole("log");
  await expect(log.getByText("message handled").first()).toBeVisible();
  for (const source of ["clawdis-gateway", "wa-scheduler-api", "cosyworld"])
    await expect(page.getByRole("complementary", { name: "Sources" }).getByText(source).first()).toBeVisible();
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
  await expect(page.getByRole("status").filter({ hasText: /^none/ })).toBeVisible();
});

for (const theme of ["dark", "light"])
  test(`the log viewer is accessible, ${theme}`, async ({ page }) => {
    await page.addInitScript((chosen) => localStorage.setItem("theme", chosen), theme);
    await page.goto(merged);
    await expect(page.getByRole("log").getByText("message handled").first()).toBeVisible();
    await expectAccessible(page);
  });
