import { afterAll, beforeAll, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { guardOf, isGuardedBackup } from "./reveal.ts";
import {
  addBackup,
  backupOf,
  countGoodBeside,
  extraOf,
  type NewBackupRow,
  newestGoodRow,
  newestGoodRows,
} from "./store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
let count = 0;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

const add = (more: Partial<NewBackupRow> & { extra?: NewBackupRow["extra"] } = {}) => {
  count += 1;
  return addBackup(
    {
      ...{ id: `b${count}`, source: { volume: "local/docker/db" }, sourceKey: "local/docker/db", host: "local" },
      ...{ createdAt: new Date(Date.UTC(2026, 0, count)), size: 1, originalSize: 1, files: 1, sha256: "00" },
      ...{ consistency: "pause", toolName: "trihelm", toolVersion: "0", place: `p${count}` },
      extra: { title: "db" },
      ...more,
    },
    null,
  );
};

test("one that lacks what could not be read replaces nothing exactly, and says how much it lacks", async () => {
  const lacking = await add({ extra: { title: "db", lost: { unread: 2, vanished: 1 } } });
  expect(backupOf(lacking).leftOut).toBe(3);
  expect(extraOf(lacking).partial).toBe(true);
  const busy = await add({ extra: { title: "db", lost: { unread: 0, vanished: 1 } } });
  expect(backupOf(busy).leftOut).toBe(1);
  expect(extraOf(busy).partial).toBeUndefined();
  expect(backupOf(await add()).leftOut).toBe(0);
});

test("what holds some of a source, or comes from elsewhere, stands for none that holds all of it", async () => {
  const of = { sourceKey: "local/docker/shop" };
  const imported = await add({ ...of, extra: { title: "shop", context: { imported: true } } });
  expect(await newestGoodRow(of.sourceKey)).toBeNull();
  expect((await newestGoodRows()).map(({ sourceKey }) => sourceKey)).not.toContain(of.sourceKey);
  const first = await add({ ...of, extra: { title: "shop", partial: true } });
  expect((await newestGoodRow(of.sourceKey))?.id).toBe(first.id);
  const whole = await add(of);
  const some = await add({ ...of, schedule: "nightly", extra: { title: "shop", partial: true } });
  expect((await newestGoodRow(of.sourceKey))?.id).toBe(whole.id);
  expect((await newestGoodRow(of.sourceKey, "nightly"))?.id).toBe(some.id);
  const beside = (id: string) => countGoodBeside(of.sourceKey, id);
  expect(await Promise.all([whole, some, first, imported].map(({ id }) => beside(id)))).toEqual([0, 2, 2, 3]);
});

test("what was no volume's is guarded, and so is a backup of the volume that it was put into", async () => {
  expect(isGuardedBackup(await add())).toBe(false);
  expect(isGuardedBackup(await add({ source: { stack: "local/docker/shop" } }))).toBe(true);
  expect(isGuardedBackup(await add({ source: { path: "/srv" } }))).toBe(true);
  expect(isGuardedBackup(await add({ extra: { title: "x", context: { labels: guardOf(true) } } }))).toBe(true);
});
