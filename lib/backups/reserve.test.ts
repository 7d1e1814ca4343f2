import os from "node:os";
import { expect, test } from "vitest";
import { checkReserve, reserveOf, reserveWatch } from "./reserve.ts";

const GIB = 1024 ** 3;

test("5 % of a small disk, 2 GB of a large one", () => {
  expect(reserveOf(10 * GIB)).toBeCloseTo(GIB / 2);
  expect(reserveOf(40 * GIB)).toBeCloseTo(2 * GIB);
  expect(reserveOf(4000 * GIB)).toBe(2 * GIB);
});

test("more than the disk has is refused, with the figures", async () => {
  await expect(checkReserve(os.tmpdir(), 2 ** 60)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/has .* free, of which .* stay free: there is no room for 1\.0?0? ?EB|PB/),
  });
});

test("nothing more is granted where there is room", async () => {
  await expect(reserveWatch(os.tmpdir()).check()).resolves.toBeUndefined();
});
