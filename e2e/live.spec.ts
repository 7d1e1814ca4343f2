import { expect, test } from "./fixtures.ts";
import { docker, systemctl } from "./stage/native.ts";
import { untilReady } from "./stage/stage.ts";

test("docker stop typed elsewhere shows, and docker start too", async ({ board }) => {
  await board.open();
  docker("stop", "-t", "1", "wa-scheduler-dragonfly");
  await expect(board.row("wa-scheduler-dragonfly")).toContainText(/Exited|Stopped/);
  docker("start", "wa-scheduler-dragonfly");
  await expect(board.row("wa-scheduler-dragonfly")).not.toContainText(/Exited|Stopped/);
});

test("a lost connection says so, keeps what was known, and heals", async ({ board, host, page }) => {
  await board.open();
  systemctl(host, "stop", "trihelm.service");
  await expect(page.getByText(/^Connection to .* lost$/)).toBeVisible();
  await expect(board.row("clawdis-gateway.service")).toBeVisible();
  await expect(page.getByRole("button", { name: "Try now" })).toBeVisible();
  systemctl(host, "start", "trihelm.service");
  await untilReady();
  await board.live({ timeout: 30_000 });
  await expect(page.getByText(/^Connection to .* lost$/)).toBeHidden();
});

test("rows do not move away under the pointer", async ({ board }) => {
  await board.open();
  const row = board.row("wa-scheduler-worker");
  await row.hover();
  const before = await row.boundingBox();
  docker("pause", "wa-scheduler-api");
  await expect(board.row("wa-scheduler-api")).toContainText("Paused");
  expect((await row.boundingBox())?.y).toBe(before?.y);
  docker("unpause", "wa-scheduler-api");
  await expect(board.row("wa-scheduler-api")).not.toContainText("Paused");
});
