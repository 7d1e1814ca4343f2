import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { BoardPage } from "./pages/board.ts";
import { apps, inspect, pm2, property, systemctl } from "./stage/native.ts";

test("restart of a unit: another process, and systemd says so", async ({ board, host }) => {
  const unit = "clawdis-gateway.service";
  await board.open();
  const before = property(host, unit, "MainPID");
  await (await board.button("Restart", unit)).click();
  await expect(board.messages).toContainText(`${unit} restarted`);
  expect(property(host, unit, "ActiveState")).toBe("active");
  expect(property(host, unit, "MainPID")).not.toBe(before);
});

test("restart of a PM2 app: every instance is another process, and PM2 says so", async ({ board, host }) => {
  await board.open();
  const before = apps(host, "deploy", "fondation-worker").map((app) => app.pid);
  await (await board.button("Restart", "fondation-worker")).click();
  await expect(board.messages).toContainText("fondation-worker restarted");
  const after = apps(host, "deploy", "fondation-worker");
  expect(after.map((app) => app.pm2_env.status)).toEqual(["online", "online", "online", "online"]);
  for (const { pid } of after) expect(before).not.toContain(pid);
});

test("restart of a container: started anew, and Docker says so", async ({ board }) => {
  await board.open();
  const before = inspect("wa-scheduler-worker", "{{.State.StartedAt}}");
  await (await board.button("Restart", "wa-scheduler-worker")).click();
  await expect(board.messages).toContainText("wa-scheduler-worker restarted");
  expect(inspect("wa-scheduler-worker", "{{.State.Running}} {{.State.StartedAt}}")).toMatch(/^true /);
  expect(inspect("wa-scheduler-worker", "{{.State.StartedAt}}")).not.toBe(before);
});

test("stop and start: the row follows, and the tool agrees", async ({ board, host }) => {
  await board.open();
  await (await board.button("Stop", "cosyworld")).click();
  await expect(board.row("cosyworld")).toContainText("Stopped");
  expect(apps(host, "root", "cosyworld").map((app) => app.pm2_env.status)).toEqual(["stopped"]);
  await (await board.button("Start", "cosyworld")).click();
  await expect(board.row("cosyworld")).not.toContainText("Stopped");
  expect(apps(host, "root", "cosyworld").map((app) => app.pm2_env.status)).toEqual(["online"]);
});

/** The next request for it waits until it is let go. */
async function heldRequest(page: Page, url: string): Promise<{ asked: Promise<void>; go: () => void }> {
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  await page.route(url, async (route) => {
    asked.resolve();
    await gone.promise;
    await route.continue();
  });
  return { asked: asked.promise, go: gone.resolve };
}

test("two people click at once: one restart", async ({ board, browser, host }) => {
  const theirs = new BoardPage(await browser.newPage());
  await board.open();
  await theirs.open();
  const restarts = () => apps(host, "root", "cosyworld")[0]?.pm2_env.restart_time ?? -1;
  const before = restarts();
  // on a busy machine one click may be a restart later than the other: both leave together
  const release = await Promise.all([board, theirs].map(({ page }) => heldRequest(page, "**/restart")));
  const clicks = await Promise.all([board.button("Restart", "cosyworld"), theirs.button("Restart", "cosyworld")]);
  await Promise.all(clicks.map((button) => button.click()));
  await Promise.all(release.map(({ asked }) => asked));
  for (const { go } of release) go();
  await expect.poll(restarts).toBe(before + 1);
  for (const one of [board, theirs]) {
    await expect(one.row("cosyworld")).not.toContainText("Restarting");
    await expect(one.page.getByText("did not restart")).toBeHidden();
  }
  expect(restarts()).toBe(before + 1);
  await theirs.page.close();
});

test("a restart that would trip the start limit is refused with the time to wait, unless forced", async ({
  board,
  page,
  host,
}) => {
  const unit = "brittle.service";
  await board.open();
  await (await board.button("Restart", unit)).click();
  await expect(board.messages).toContainText(`${unit} restarted`);
  const before = property(host, unit, "MainPID");
  await (await board.button("Restart", unit)).click();
  const question = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  await expect(question).toContainText(`${unit} was started too often`);
  await expect(question).toContainText("It works again in");
  expect(property(host, unit, "ActiveState")).toBe("active");
  expect(property(host, unit, "MainPID")).toBe(before);
  await question.getByRole("button", { name: "Restart anyway" }).click();
  await expect.poll(() => property(host, unit, "MainPID")).not.toBe(before);
  expect(property(host, unit, "ActiveState")).toBe("active");
});

test("an action that fails says why, and stays until it is closed", async ({ board, host }) => {
  const unit = "stubborn.service";
  await board.open();
  await (await board.button("Restart", unit)).click();
  await expect(board.messages).toContainText(`${unit} did not restart`);
  await expect(board.row(unit)).toContainText("Failed");
  expect(property(host, unit, "ActiveState")).toBe("failed");
  host.run(["rm", "/run/stubborn"]);
  await board.messages.getByRole("button", { name: "Close message" }).first().click();
  await (await board.button("Start", unit)).click();
  await expect(board.row(unit)).not.toContainText("Failed");
  await expect.poll(() => property(host, unit, "ActiveState")).toBe("active");
});

test("a protected service asks for its name before it stops", async ({ board, page, host }) => {
  const unit = "clawdis-gateway.service";
  await board.open();
  await (await board.button("More for", unit)).click();
  await page.getByRole("menuitem", { name: "Protect" }).click();
  await expect(board.row(unit)).toContainText("Protected");
  await (await board.button("Stop", unit)).click();
  const question = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  await expect(question).toContainText("It is protected");
  const stop = question.getByRole("button", { name: "Stop", exact: true });
  await expect(stop).toBeDisabled();
  await question.getByRole("textbox").fill(unit);
  await expect(stop).toBeEnabled();
  await question.getByRole("button", { name: "Keep running" }).click();
  expect(property(host, unit, "ActiveState")).toBe("active");
  await (await board.button("More for", unit)).click();
  await page.getByRole("menuitem", { name: "Unprotect" }).click();
  await expect(board.row(unit)).not.toContainText("Protected");
});

test("Trihelm restarts itself, and the page comes back by itself", async ({ board, host }) => {
  const unit = "trihelm.service";
  await board.open();
  const before = property(host, unit, "MainPID");
  await (await board.button("Restart", unit)).click();
  const question = board.page.getByRole("alertdialog").or(board.page.getByRole("dialog"));
  const asked = question.getByRole("button", { name: "Restart", exact: true });
  await expect(asked.or(board.page.getByText(/^Connection to .* lost$/))).toBeVisible();
  if (await asked.isVisible()) await asked.click();
  await expect.poll(() => property(host, unit, "MainPID")).not.toBe(before);
  await board.live({ timeout: 30_000 });
  await expect(board.row("cosyworld")).toBeVisible();
});

test("what other tools do is seen: a unit, an app and a container, stopped and started elsewhere", async ({
  board,
  host,
}) => {
  await board.open();
  systemctl(host, "stop", "brittle.service");
  await expect(board.row("brittle.service")).toContainText("Stopped");
  pm2(host, "root", "stop", "cosyworld");
  await expect(board.row("cosyworld")).toContainText("Stopped");
  systemctl(host, "reset-failed", "brittle.service");
  systemctl(host, "start", "brittle.service");
  await expect(board.row("brittle.service")).not.toContainText("Stopped");
  pm2(host, "root", "start", "cosyworld");
  await expect(board.row("cosyworld")).not.toContainText("Stopped");
});
