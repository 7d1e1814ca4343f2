import { expect, test } from "./fixtures.ts";
import { docker, systemctl } from "./stage/native.ts";
import { untilReady } from "./stage/stage.ts";

test("all three worlds stand side by side, as they are", async ({ board }) => {
  await board.open();
  for (const [column, names] of [
    ["systemd", ["clawdis-gateway.service", "nightly-report.service", "mongo-sync.service", "search-index.service"]],
    ["PM2", ["fondation-worker", "cosyworld"]],
    ["Docker", ["wa-scheduler-api", "wa-scheduler-worker", "wa-scheduler-dragonfly", "thumbnail-cache"]],
  ] as const)
    for (const name of names) await expect(board.column(column).getByRole("link", { name, exact: true })).toBeVisible();

  await expect(board.row("clawdis-gateway.service")).toContainText("18789");
  await expect(board.row("clawdis-gateway.service")).toContainText("2 GB");
  await expect(board.row("wa-scheduler-api")).toContainText("3001");
  const instances = board.page.getByRole("list", { name: "Instances of fondation-worker" });
  await expect(instances.getByRole("listitem")).toHaveCount(4);
});

test("what is wrong says so, and why", async ({ board }) => {
  await board.open();
  await expect(board.row("nightly-report.service")).toContainText("Failed");
  await expect(board.need("nightly-report.service")).toContainText("74");
  await expect(board.row("feed-poller.service")).toContainText("exit 2");
  await expect(board.row("search-index.service")).toContainText("Starting");
  await expect(board.row("thumbnail-cache")).toContainText("Unhealthy");
  await expect(board.row("photo-import")).toContainText("killed at 48 MB limit");
  await expect(board.need("mongo-sync.service")).toBeVisible();
  await expect(board.row("clawdis-gateway.service")).not.toContainText("Failed");
});

test("a filter narrows the board, lives in the address, and says when nothing is left", async ({ board, page }) => {
  await board.open();
  await board.filter.fill("wa-scheduler");
  await expect(board.row("wa-scheduler-worker")).toBeVisible();
  await expect(board.row("clawdis-gateway.service")).toBeHidden();
  await expect(page).toHaveURL(/q=wa-scheduler/);
  await board.filter.fill("18790");
  await expect(board.row("clawdis-gateway.service")).toBeVisible();
  await board.filter.fill("no-such-thing");
  await expect(page.getByText("No service matches “no-such-thing”")).toBeVisible();
  await page.getByRole("button", { name: /Clear filter/ }).click();
  await expect(board.row("wa-scheduler-worker")).toBeVisible();
  await page.goto("/?q=cosyworld");
  await expect(board.row("cosyworld")).toBeVisible();
  await expect(board.row("fondation-worker")).toBeHidden();
});

test("by state: what needs somebody, what runs, what is stopped", async ({ board, page }) => {
  await board.open();
  await page.getByRole("button", { name: /^Needs you/ }).click();
  await expect(board.row("nightly-report.service")).toBeVisible();
  await expect(board.row("clawdis-gateway.service")).toBeHidden();
  await page.getByRole("button", { name: /^Running/ }).click();
  await expect(board.row("clawdis-gateway.service")).toBeVisible();
  await expect(board.row("nightly-report.service")).toBeHidden();
});

test("by app: a compose project is one thing, whatever supervises its parts", async ({ board, page }) => {
  await board.open();
  await page.getByRole("button", { name: "By app" }).click();
  const app = page.getByRole("region", { name: "wa-scheduler", exact: true });
  for (const name of ["wa-scheduler-api", "wa-scheduler-worker", "wa-scheduler-dragonfly"])
    await expect(app.getByRole("link", { name, exact: true })).toBeVisible();
  await expect(app.getByRole("link", { name: "cosyworld", exact: true })).toBeHidden();
  await expect(page).toHaveURL(/group=app/);
});

test("units that nobody wrote stay behind a link", async ({ board, page }) => {
  await board.open();
  await expect(board.row("systemd-journald.service")).toBeHidden();
  await page.getByRole("button", { name: "Show all units" }).click();
  await expect(board.row("systemd-journald.service")).toBeVisible();
  await page.getByRole("button", { name: "Show fewer" }).click();
  await expect(board.row("systemd-journald.service")).toBeHidden();
});

test("a container that appears and goes is seen without a reload", async ({ board }) => {
  await board.open();
  const name = "trihelm-test-visitor";
  const own = ["--label", "trihelm.test.stand-in=1", "--label", "trihelm.test=1"];
  docker("run", "-d", "--name", name, ...own, "trihelm-test/wa-scheduler:latest", "sleep", "1000");
  await expect(board.row(name)).toBeVisible();
  docker("rm", "-f", name);
  await board.page.mouse.move(0, 0);
  await expect(board.row(name)).toBeHidden();
});

test("a supervisor that cannot be reached says so, the others go on, and it heals by itself", async ({
  board,
  host,
}) => {
  // Covers the engine's socket inside the test host only: the engine itself goes on.
  host.run(["mount", "--bind", "/dev/null", "/run/docker.sock"]);
  try {
    systemctl(host, "restart", "trihelm.service");
    await untilReady();
    await board.open();
    await expect(board.column("Docker")).toContainText(/Docker is not here|Trihelm cannot reach Docker/);
    await expect(board.row("clawdis-gateway.service")).toBeVisible();
    await expect(board.row("cosyworld")).toBeVisible();
  } finally {
    host.run(["umount", "/run/docker.sock"]);
  }
  await expect(board.row("wa-scheduler-api")).toBeVisible({ timeout: 30_000 });
});
