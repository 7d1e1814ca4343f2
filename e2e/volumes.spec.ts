import { expect, haveOwnSession, test } from "./fixtures.ts";
import { VolumesPage } from "./pages/volumes.ts";
import { docker, inspect } from "./stage/native.ts";

const WORKER = "wa-scheduler-worker";
const DATA = "/app/server/data";
const COPY = "wa-db-e2e-copy";

/** Runs a script of Node in the worker, where its data is; the image has little else. */
const inWorker = (script: string) => docker("exec", "-w", DATA, WORKER, "node", "-e", script);
/** Every file with the hash of what is in it, but for the one that a stand-in writes whenever it starts. */
const content = () =>
  inWorker(`
    const fs = require("node:fs"), { createHash } = require("node:crypto");
    const files = fs.readdirSync(".", { recursive: true }).filter((name) => fs.statSync(name).isFile()).sort();
    for (const name of files) if (name !== "app.db") console.log(name, createHash("sha256").update(fs.readFileSync(name)).digest("hex"));
  `);

test.describe.configure({ mode: "serial", timeout: 120_000 });
haveOwnSession();

test.beforeAll(() => {
  inWorker(`
    const fs = require("node:fs"), { DatabaseSync } = require("node:sqlite");
    // what stands in for a database is none, and a drill says so
    fs.rmSync("app.db", { force: true });
    const database = new DatabaseSync("scheduler.sqlite");
    database.exec("create table if not exists message (text); insert into message values ('standup')");
    database.close();
    fs.mkdirSync("media", { recursive: true });
    fs.writeFileSync("settings.txt", "quiet hours");
    fs.writeFileSync("media/standup.bin", Buffer.alloc(300_000, 7));
  `);
});

test.afterAll(() => {
  if (docker("volume", "ls", "-q").split("\n").includes(COPY)) docker("volume", "rm", COPY);
});

test("a volume in use is backed up with its services running again, and looked into", async ({ page }) => {
  const volumes = new VolumesPage(page);
  await volumes.open();
  const pane = await volumes.choose("wa-db");
  await expect(pane).toContainText("worker");
  await pane.getByRole("button", { name: "Back up now" }).click();
  await expect(volumes.ended("Back up wa-db").first()).toContainText("Done");
  expect(inspect(WORKER, "{{.State.Status}}")).toBe("running");
  const newest = pane.getByRole("region", { name: "Backups" }).getByRole("listitem").first();
  await expect(newest).toContainText("verified");
  await newest.getByRole("button", { expanded: false }).first().click();
  await newest.getByRole("link", { name: "Browse files" }).click();
  const files = page.getByRole("region", { name: "Files" });
  await expect(files.getByRole("button", { name: /scheduler\.sqlite/ })).toBeVisible();
  await files.getByRole("button", { name: /settings\.txt/ }).click();
  await expect(page.getByText("quiet hours")).toBeVisible();
  await files.getByRole("button", { name: /media/ }).click();
  await expect(files.getByRole("button", { name: /standup\.bin/ })).toBeVisible();
});

test("a drill proves the backup", async ({ page }) => {
  const volumes = new VolumesPage(page);
  await volumes.open();
  const pane = await volumes.choose("wa-db");
  await pane.getByRole("button", { name: "Drill now" }).click();
  await expect(volumes.ended("Drill wa-db").first()).toContainText("Done");
  await expect(volumes.row("wa-db")).toContainText("passed");
});

test("damaged data is restored in place, and the restore is undone", async ({ page }) => {
  const volumes = new VolumesPage(page);
  await volumes.proveWhenAsked();
  await volumes.open();
  const good = content();
  inWorker(`
    const fs = require("node:fs");
    fs.writeFileSync("scheduler.sqlite", "broken");
    fs.rmSync("media", { recursive: true });
    fs.writeFileSync("extra.txt", "later");
  `);
  const broken = content();
  const pane = await volumes.choose("wa-db");
  await pane.getByRole("button", { name: "Restore…" }).click();
  const dialog = volumes.dialog("Restore wa-db");
  await dialog.getByText("In place", { exact: true }).click();
  const replace = dialog.getByRole("button", { name: "Replace wa-db" });
  await expect(dialog).toContainText("What will happen");
  await expect(replace).toBeDisabled();
  await dialog.getByLabel("Type wa-db to confirm").fill("wa-db");
  await replace.click();
  await expect(pane).toContainText("Restored in place");
  expect(content()).toBe(good);
  expect(inspect(WORKER, "{{.State.Status}}")).toBe("running");

  await pane.getByRole("button", { name: "Undo…" }).click();
  await volumes
    .dialog("Put back what was in wa-db?")
    .getByRole("button", { name: /^Put back/ })
    .click();
  await expect(volumes.ended("Undo restore of wa-db").first()).toContainText("Done");
  expect(content()).toBe(broken);
  expect(inspect(WORKER, "{{.State.Status}}")).toBe("running");
});

test("a backup goes into a new volume; deleting that makes its backup first", async ({ page }) => {
  const volumes = new VolumesPage(page);
  await volumes.proveWhenAsked();
  await volumes.open();
  const pane = await volumes.choose("wa-db");
  await pane.getByRole("button", { name: "Restore…" }).click();
  const dialog = volumes.dialog("Restore wa-db");
  await dialog.getByRole("textbox", { name: "New volume" }).fill(COPY);
  await expect(dialog).toContainText("Name is free.");
  await dialog.getByRole("button", { name: "Restore to new volume" }).click();
  await expect(volumes.row(COPY)).toContainText("used by nothing");
  await expect(volumes.ended("Restore wa-db").first()).toContainText("Done");

  await volumes.choose(COPY);
  await volumes.more(COPY, "Look inside");
  await expect(page.getByRole("button", { name: /settings\.txt/ })).toBeVisible();
  await page.getByRole("link", { name: "Back to volumes" }).click();
  await volumes.more(COPY, "Delete…");
  const asked = volumes.dialog(`Delete volume ${COPY}?`);
  await expect(asked.getByRole("button", { name: "Back up and delete" })).toBeDisabled();
  await asked.getByLabel(`Type ${COPY} to confirm`).fill(COPY);
  await asked.getByRole("button", { name: "Back up and delete" }).click();
  await expect(volumes.row(COPY)).toHaveCount(0);
  expect(docker("volume", "ls", "-q").split("\n")).not.toContain(COPY);
  await volumes.open("/backups");
  await expect(page.getByRole("region", { name: "Sources" })).toContainText(COPY);
});

test("the filter finds by service, and says when nothing matches", async ({ page }) => {
  const volumes = new VolumesPage(page);
  await volumes.open();
  await page.keyboard.press("/");
  await page.getByRole("searchbox", { name: "Filter volumes" }).fill("dragonfly");
  await expect(volumes.row("wa-dragonfly")).toBeVisible();
  await expect(volumes.row("wa-db")).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Filter volumes" }).fill("nothing like it");
  await expect(page.getByText("No volume matches “nothing like it”")).toBeVisible();
  await page.getByRole("button", { name: /Clear filter/ }).click();
  await expect(volumes.row("wa-db")).toBeVisible();
});

test("the keyboard moves, opens and closes", async ({ page }) => {
  const volumes = new VolumesPage(page);
  await volumes.open();
  await expect(volumes.row("wa-db")).toBeVisible();
  await volumes.row("wa-db").getByRole("link").focus();
  await page.keyboard.press("Enter");
  await expect(volumes.pane("wa-db")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(volumes.pane("wa-db")).toBeHidden();
});

test("what somebody may not do is not there", async ({ pageAs }) => {
  const operator = new VolumesPage(await pageAs("operator"));
  await operator.open();
  const theirs = await operator.choose("wa-db");
  await expect(theirs.getByRole("button", { name: "Back up now" })).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Restore…" })).toHaveCount(0);

  const viewer = new VolumesPage(await pageAs("viewer"));
  await viewer.open();
  const pane = await viewer.choose("wa-db");
  await expect(pane.getByRole("region", { name: "Backups" }).getByRole("listitem").first()).toBeVisible();
  for (const name of ["Restore…", "Back up now", "Drill now", "Delete…", "Import backup"])
    await expect(viewer.page.getByRole("button", { name, exact: true })).toHaveCount(0);
  await viewer.page.getByRole("button", { name: "More for wa-db" }).click();
  await expect(viewer.page.getByRole("menuitem")).toHaveText(["Look inside", "Copy name"]);
});
