import fs from "node:fs";
import path from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { scratchFolder } from "./archive-rig.ts";
import { Spill, SpillBudget } from "./spill.ts";

const MIB = 1024 * 1024;
let folder = "";
beforeEach(() => {
  folder = scratchFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const chunk = (n: number) => Buffer.alloc(300_000, n);

async function writeAll(spill: Spill, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await spill.write(chunk(n));
  spill.end();
}

test("what does not fit into memory goes to files without a name, and comes back in order", async () => {
  const budget = new SpillBudget(MIB, 1000 * MIB);
  const spill = new Spill(path.join(folder, "a"), budget);
  // written whole before anybody takes
  await writeAll(spill, 400);
  expect(budget.disk).toBeLessThan(1000 * MIB - 100 * MIB);
  const all = Buffer.concat(await Array.fromAsync(spill));
  expect(all.length).toBe(400 * 300_000);
  for (let n = 0; n < 400; n += 1) expect(all[n * 300_000]).toBe(n % 256);
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(budget).toMatchObject({ memory: MIB, disk: 1000 * MIB });
});

test("with both at work nothing is lost or turned round", async () => {
  const spill = new Spill(path.join(folder, "a"), new SpillBudget(MIB, 1000 * MIB));
  const writing = writeAll(spill, 300);
  let at = 0;
  for await (const part of spill) {
    for (let n = 0; n < part.length; n += 50_000) expect(part[n]).toBe(Math.floor((at + n) / 300_000) % 256);
    at += part.length;
    if (at % 7 === 0) await turn();
  }
  await writing;
  expect(at).toBe(300 * 300_000);
});

test("nothing is taken while somebody is held, as long as the disk has room", async () => {
  const budget = new SpillBudget(MIB, 80 * MIB);
  budget.isHurried = true;
  const spill = new Spill(path.join(folder, "a"), budget);
  let taken = 0;
  const taking = (async () => {
    for await (const part of spill) taken += part.length;
  })();
  for (let n = 0; n < 40; n += 1) await spill.write(chunk(n));
  expect(taken).toBe(0);
  // beyond that it goes at the pace of both
  await writeAll(spill, 100);
  await vi.waitFor(() => expect(taken).toBeGreaterThan(0));
  budget.isHurried = false;
  budget.change();
  await taking;
  expect(taken).toBe(140 * 300_000);
});

test("where there is no disk to use the writer waits for the taker", async () => {
  const spill = new Spill(path.join(folder, "a"), new SpillBudget(MIB, 0));
  let written = 0;
  const writing = (async () => {
    for (; written < 30; written += 1) await spill.write(chunk(written));
    spill.end();
  })();
  for (let n = 0; n < 100; n += 1) await turn();
  expect(written).toBeLessThan(6);
  expect(Buffer.concat(await Array.fromAsync(spill)).length).toBe(30 * 300_000);
  await writing;
});

test("an error comes where the rest would stand", async () => {
  const spill = new Spill(path.join(folder, "a"), new SpillBudget(MIB, 0));
  await spill.write(Buffer.from("first"));
  spill.end(new Error("gone"));
  const got: string[] = [];
  await expect(
    (async () => {
      for await (const part of spill) got.push(part.toString());
    })(),
  ).rejects.toThrow("gone");
  expect(got).toEqual(["first"]);
});

test("a writer is told that nobody takes any more", async () => {
  const spill = new Spill(path.join(folder, "a"), new SpillBudget(MIB, 0));
  const writing = writeAll(spill, 30);
  for await (const _ of spill) break;
  await expect(writing).rejects.toThrow("not wanted any more");
});

test("who writes a file of his own is taken from it, and it leaves nothing behind", async () => {
  const budget = new SpillBudget(MIB, 1000 * MIB);
  const spill = new Spill(path.join(folder, "a"), budget);
  let bound = 0;
  const isWritten = await spill.writeBy(async (file, most) => {
    bound = most;
    for (let n = 0; n < 10; n += 1) fs.writeSync(file, chunk(n));
    return true;
  });
  spill.end();
  expect({ isWritten, bound, disk: budget.disk }).toEqual({
    isWritten: true,
    bound: 500 * MIB,
    disk: 1000 * MIB - 3_000_000,
  });
  const all = Buffer.concat(await Array.fromAsync(spill));
  expect(all.length).toBe(3_000_000);
  for (let n = 0; n < 10; n += 1) expect(all[n * 300_000]).toBe(n);
  expect(budget.disk).toBe(1000 * MIB);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test("what became too much for a file of his own counts for nothing, and with little room nobody is asked", async () => {
  const spill = new Spill(path.join(folder, "a"), new SpillBudget(MIB, 1000 * MIB));
  const files = () => fs.readdirSync("/proc/self/fd").length;
  const before = files();
  expect(
    await spill.writeBy(async (file) => {
      fs.writeSync(file, chunk(1));
      return false;
    }),
  ).toBe(false);
  expect(files()).toBe(before);
  await writeAll(spill, 2);
  expect(Buffer.concat(await Array.fromAsync(spill)).length).toBe(600_000);
  const fill = vi.fn();
  expect(await new Spill(path.join(folder, "b"), new SpillBudget(MIB, 100 * MIB)).writeBy(fill)).toBe(false);
  expect(fill).not.toHaveBeenCalled();
});
