import { renameSync, utimesSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { statOf } from "./open.ts";
import { scratchFolder } from "./open-rig.ts";
import { noteChecked, wasChecked } from "./verify-memory.ts";

const { folder, remove } = scratchFolder();
afterAll(remove);

test("a file that was checked is known until anything about it changes", async () => {
  const file = `${folder}/archive`;
  writeFileSync(file, "content");
  expect(await wasChecked(file)).toBe(false);
  await noteChecked(file, await statOf(file));
  expect(await wasChecked(file)).toBe(true);
  utimesSync(file, 1, 1);
  expect(await wasChecked(file)).toBe(false);
});

test("another file under its name is another file", async () => {
  const file = `${folder}/named`;
  writeFileSync(file, "content");
  await noteChecked(file, await statOf(file));
  writeFileSync(`${file}-2`, "content");
  renameSync(`${file}-2`, file);
  expect(await wasChecked(file)).toBe(false);
});

test("what changed while it was checked is not known", async () => {
  const file = `${folder}/changing`;
  writeFileSync(file, "content");
  const before = await statOf(file);
  writeFileSync(file, "CONTENT more");
  await noteChecked(file, before);
  expect(await wasChecked(file)).toBe(false);
});
