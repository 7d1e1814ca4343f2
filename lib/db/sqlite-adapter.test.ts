import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseFile, db } from "./client.ts";
import { openScratch } from "./scratch-rig.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

test("a transaction that reads first may write then, whoever else wants to write meanwhile", async () => {
  const other = new Database(databaseFile(), { timeout: 0 });
  const write = () => other.prepare("INSERT INTO ServiceMark (id, updatedAt) VALUES ('theirs', 0)").run();
  try {
    await db().$transaction(async (own) => {
      expect(await own.serviceMark.count()).toBe(0);
      // another process waits for its turn
      expect(write).toThrow("locked");
      await own.serviceMark.create({ data: { id: "ours" } });
    });
    write();
    expect(await db().serviceMark.count()).toBe(2);
  } finally {
    other.close();
  }
});
