import { expect, haveOwnSession, test } from "./fixtures.ts";
import { VolumesPage } from "./pages/volumes.ts";

haveOwnSession();

test("a plan is made in words, shown with its volume, run, paused and deleted", async ({ page }) => {
  test.setTimeout(120_000);
  const volumes = new VolumesPage(page);
  await volumes.proveWhenAsked();
  await volumes.open();
  await volumes.row("wa-session").getByRole("button", { name: "Add schedule for wa-session" }).click();
  const dialog = volumes.dialog("Schedule for wa-session");
  await expect(dialog).toContainText("Daily 03:00");
  await dialog.getByLabel("Runs").selectOption("cron");
  await dialog.getByLabel("Cron line", { exact: true }).fill("never");
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Runs").selectOption("daily");
  await dialog.getByLabel("At", { exact: true }).fill("04:15");
  await expect(dialog).toContainText("Daily 04:15");
  await dialog.getByRole("button", { name: "Create schedule" }).click();
  await expect(volumes.row("wa-session")).toContainText("Daily 04:15");

  await volumes.open("/backups/plans");
  const plan = page.getByRole("region", { name: "Plans" }).getByRole("listitem").filter({ hasText: "wa-session" });
  await expect(plan).toContainText("Daily 04:15");
  await plan.getByRole("button", { name: "Run now: wa-session" }).click();
  await expect(plan).toContainText("succeeded");
  await plan.getByRole("button", { name: "Pause wa-session" }).click();
  await expect(plan).toContainText("paused");
  await plan.getByRole("button", { name: "Edit wa-session" }).click();
  const edit = volumes.dialog("Schedule of wa-session");
  await edit.getByRole("button", { name: "Delete schedule…" }).click();
  await page
    .getByRole("dialog", { name: "Delete the schedule of wa-session?" })
    .getByRole("button", { name: /^Delete schedule/ })
    .click();
  await expect(plan).toHaveCount(0);
});

test("coverage names what has no backup, and a folder of the host is backed up from there", async ({ page, host }) => {
  test.setTimeout(120_000);
  const volumes = new VolumesPage(page);
  host.run(["sh", "-c", "mkdir -p /srv/notes && echo remembered > /srv/notes/first.txt"]);
  await volumes.open("/backups/coverage");
  const found = page.getByRole("region", { name: "What holds data" });
  await expect(found.getByRole("listitem").filter({ hasText: "wa-dragonfly" })).toContainText(/no backup|no plan/);

  await volumes.open("/backups");
  await page.getByRole("button", { name: "Back up…" }).click();
  const dialog = volumes.dialog("Back up");
  await dialog.getByRole("button", { name: "Folder" }).click();
  await dialog.getByLabel("Folder", { exact: true }).fill("/srv/notes");
  await dialog.getByRole("button", { name: "Back up", exact: true }).click();
  await expect(volumes.ended("Back up /srv/notes").first()).toContainText("Done");
  const source = page.getByRole("region", { name: "Sources" }).getByRole("listitem").filter({ hasText: "/srv/notes" });
  await expect(source.first()).toContainText("Folder");

  await volumes.open("/backups/jobs");
  const history = page.getByRole("region", { name: "History" });
  await history
    .getByRole("button", { name: /\/srv\/notes/ })
    .first()
    .click();
  await expect(history.getByRole("region", { name: "Job log" })).toBeVisible();
});

test("a key is made, and its recovery kit is shown", async ({ page }) => {
  const volumes = new VolumesPage(page);
  await volumes.proveWhenAsked();
  await volumes.open("/backups/destinations");
  await expect(page.getByRole("region", { name: "Destinations" })).toContainText("local");
  await page.getByRole("button", { name: "Add key…" }).click();
  const dialog = volumes.dialog("Add a key");
  await dialog.getByLabel("Name").fill("e2e key");
  await dialog.getByRole("button", { name: "Add key" }).click();
  const kit = volumes.dialog("Recovery kit of e2e key");
  await expect(kit).toContainText("AGE-SECRET-KEY-1");
  await kit.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("list", { name: "Keys" })).toContainText("e2e key");
});

test("a viewer reads the lists and is offered nothing that would be refused", async ({ pageAs }) => {
  const viewer = new VolumesPage(await pageAs("viewer"));
  await viewer.open("/backups");
  await expect(viewer.page.getByRole("heading", { name: "Backups", level: 1 })).toBeVisible();
  await expect(viewer.page.getByRole("button", { name: /Back up|Import/ })).toHaveCount(0);
  await expect(viewer.page.getByRole("link", { name: "Destinations" })).toHaveCount(0);
  await viewer.open("/backups/plans");
  await expect(viewer.page.getByRole("button", { name: /New plan|Run now|Edit/ })).toHaveCount(0);
});
