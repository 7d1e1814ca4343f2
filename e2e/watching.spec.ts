import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

/** A server that is asked by a check and told by a channel; the test says how it stands. */
interface Other {
  url: string;
  health: number;
  hook: number;
  /** what the channel sent */
  told: { kind?: string; title?: string; text?: string }[];
  close: () => void;
}

let other: Other;

test.beforeEach(async () => {
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const isHook = request.url === "/hook";
      if (isHook && other.hook === 200) other.told.push(JSON.parse(body) as Other["told"][number]);
      response.writeHead(isHook ? other.hook : other.health).end("a plain answer");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  other = { url: `http://127.0.0.1:${port}`, health: 200, hook: 200, told: [], close: () => server.close() };
});

test.afterEach(() => other.close());

test("a check made by hand goes down, and a channel made by hand tells of it", async ({ page }) => {
  test.setTimeout(120_000);
  await openLive(page, "/alerts/channels");
  await page.getByRole("button", { name: "Add channel…" }).click();
  const channel = page.getByRole("dialog", { name: "Add a channel" });
  await channel.getByLabel("Kind").selectOption("webhook");
  await channel.getByLabel("Name", { exact: true }).fill("Other side");
  await channel.getByLabel("Address", { exact: true }).fill(`${other.url}/hook`);
  await channel.getByLabel(/on this machine/).check();
  await channel.getByRole("button", { name: "Add channel" }).click();
  const hook = rowOf(page, "Channels", "Other side");
  other.hook = 503;
  await hook.getByRole("button", { name: "Send a test" }).click();
  await expect(hook).toContainText(/The test was not sent: .*503/);
  other.hook = 200;
  await hook.getByRole("button", { name: "Send a test" }).click();
  await expect(hook).toContainText("The test has left");
  expect(other.told).toHaveLength(1);

  await openLive(page, "/checks");
  await page.getByRole("button", { name: "New check…" }).click();
  const dialog = page.getByRole("dialog", { name: "New check" });
  await dialog.getByLabel("Name", { exact: true }).fill("Other side answers");
  await dialog.getByLabel("Address", { exact: true }).fill("ftp://nowhere");
  await dialog.getByRole("button", { name: "Create check" }).click();
  await expect(dialog.getByRole("alert").first()).toBeVisible();
  await dialog.getByLabel("Address", { exact: true }).fill(`${other.url}/health`);
  await dialog.getByRole("button", { name: "Create check" }).click();
  const check = rowOf(page, "Checks", "Other side answers");
  await expect(check.getByText("Up", { exact: true })).toBeAttached();
  other.health = 500;
  await check.getByRole("button", { name: "Run now" }).click();
  await expect(check).toContainText(/Down .*500/);
  await expect.poll(() => other.told.map(({ kind }) => kind), { timeout: 30_000 }).toContain("opened");
  await check.getByRole("button", { name: "Other side answers", exact: true }).click();
  await expect(check.getByRole("list", { name: "Last results" })).toContainText("down");

  await openLive(page, "/");
  const need = page.getByRole("region", { name: "Needs you" }).getByRole("listitem").filter({ hasText: "Other side" });
  await expect(need).toContainText("check is down");
  await need.getByRole("link", { name: /^Details/ }).click();
  await expect(page.getByRole("heading", { name: /Other side answers/ }).first()).toBeVisible();
  await openLive(page, "/alerts/rules");
  await expect(rowOf(page, "Rules", "A check is down")).toContainText("1 open alert");
  await openLive(page, "/checks");
  await page.getByRole("button", { name: "More for Other side answers" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Delete check/ })
    .click();
  await expect(check).toHaveCount(0);
  await openLive(page, "/alerts/channels");
  await hook.getByRole("button", { name: "Remove Other side" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Remove/ })
    .click();
  await expect(hook).toHaveCount(0);
});

test("a heartbeat shows the address that its job calls, and hears it", async ({ page, request }) => {
  await openLive(page, "/checks");
  await page.getByRole("button", { name: "New check…" }).click();
  const dialog = page.getByRole("dialog", { name: "New check" });
  await dialog.getByLabel("Kind").selectOption("heartbeat");
  await dialog.getByLabel("Name", { exact: true }).fill("Nightly dump");
  await dialog.getByRole("button", { name: "Create check" }).click();
  const check = rowOf(page, "Checks", "Nightly dump");
  const line = check.getByText(/^curl /);
  await expect(line).toBeVisible();
  const [address = ""] = /http\S+$/.exec((await line.textContent()) ?? "") ?? [];
  expect((await request.get(address)).ok()).toBe(true);
  await expect(check.getByText("Up", { exact: true })).toBeAttached();
  expect((await request.post(`${address}/fail`, { data: "disk is full" })).ok()).toBe(true);
  await expect(check).toContainText(/Down .*disk is full/);
  await page.getByRole("button", { name: "More for Nightly dump" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Delete check/ })
    .click();
  await expect(check).toHaveCount(0);
});

test("a rule is turned off and on, one is made, and a mute is ended", async ({ page }) => {
  test.setTimeout(90_000);
  await openLive(page, "/alerts/rules");
  const loops = page.getByRole("switch", { name: "Rule: Restart loops" });
  await loops.click();
  await expect(loops).not.toBeChecked();
  await loops.click();
  await expect(loops).toBeChecked();
  await page.getByRole("button", { name: "New rule…" }).click();
  const dialog = page.getByRole("dialog", { name: "New rule" });
  await dialog.getByLabel("Kind").selectOption("log");
  await dialog.getByLabel("Name", { exact: true }).fill("Out of storage");
  await dialog.getByLabel("Pattern", { exact: true }).fill("no storage (left");
  await dialog.getByRole("button", { name: "Create rule" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Name at least one");
  await dialog.getByLabel(/one pattern a line/).fill("local/docker/wa-*");
  await dialog.getByRole("button", { name: "Create rule" }).click();
  await expect(dialog.getByRole("alert").first()).toContainText("The rule was not made");
  await dialog.getByLabel("Pattern", { exact: true }).fill("no storage left");
  await dialog.getByRole("button", { name: "Create rule" }).click();
  const rule = rowOf(page, "Rules", "Out of storage");
  await expect(rule).toContainText("no storage left");
  await rule.getByRole("button", { name: "Edit Out of storage" }).click();
  await page.getByRole("button", { name: "Delete rule…" }).click();
  await page
    .getByRole("dialog", { name: "Delete Out of storage?" })
    .getByRole("button", { name: /^Delete/ })
    .click();
  await expect(rule).toHaveCount(0);

  await openLive(page, "/alerts/channels");
  await page.getByRole("button", { name: "Mute…" }).click();
  const mute = page.getByRole("dialog", { name: "Mute" });
  await mute.getByLabel("Rule").selectOption({ label: "Full disks" });
  await mute.getByLabel("Why").fill("a new disk is coming");
  await mute.getByRole("button", { name: "Mute", exact: true }).click();
  const muted = page.getByRole("list", { name: "Mutes and maintenance" }).getByRole("listitem");
  const one = muted.filter({ hasText: "a new disk is coming" });
  await expect(one).toContainText("now");
  await one.getByRole("button", { name: /^Edit/ }).click();
  const edited = page.getByRole("dialog", { name: "Edit mute" });
  await expect(edited.getByLabel("Rule")).toHaveValue(/./);
  await edited.getByLabel("Why").fill("a new disk is coming on Monday");
  await edited.getByRole("button", { name: "Save" }).click();
  await expect(one).toContainText("on Monday");
  await expect(one).toContainText("now");
  await one.getByRole("button", { name: /^End/ }).click();
  await expect(one).toHaveCount(0);
});

test("the ledger names the owner of a port, and narrows to it", async ({ page }) => {
  await openLive(page, "/host/ports");
  await page.getByRole("searchbox", { name: "Filter ports" }).fill("7433");
  const ports = page.getByRole("list", { name: "Ports" }).getByRole("listitem");
  await expect(ports).toHaveCount(1);
  await expect(ports).toContainText("trihelm.service");
  await expect(ports).toContainText("this machine");
  await page.getByRole("searchbox", { name: "Filter ports" }).fill("no such owner");
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(ports.filter({ hasText: "7433" })).toHaveCount(1);
  await page.getByRole("link", { name: "Reboot", exact: true }).click();
  const gone = page.getByRole("list", { name: "Will not come back" }).getByRole("listitem");
  await expect(gone.filter({ hasText: "trihelm.service" })).toContainText(/systemctl enable .*trihelm.service/);
});

test("a viewer reads all of it and is offered nothing that would be refused", async ({ pageAs }) => {
  const page = await pageAs("viewer");
  for (const path of ["/checks", "/alerts/channels", "/alerts/rules"]) {
    await openLive(page, path);
    await expect(page.getByRole("button", { name: /New|Add|Edit|Mute|Plan|Run now|Send a test/ })).toHaveCount(0);
    await expect(page.getByRole("switch", { name: /^(Rule|Channel)/ })).toHaveCount(0);
  }
  await expect(page.getByRole("region", { name: "Rules" })).toContainText("has failed");
});

/** Buttons answer from then on. */
async function openLive(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("contentinfo").getByText("Live", { exact: true })).toBeVisible();
}

function rowOf(page: Page, list: string, text: string): Locator {
  return page.getByRole("region", { name: list }).getByRole("listitem").filter({ hasText: text }).first();
}
