import { afterEach, expect, test, vi } from "vitest";
import { Courtesy } from "./courtesy.ts";

afterEach(() => vi.restoreAllMocks());

/** What the clock says at one look after another. */
function clock(...looks: number[]): void {
  const now = vi.spyOn(performance, "now");
  for (const look of looks) now.mockReturnValueOnce(look);
}

test("short pieces go on at once; where nobody waited there is no rest", async () => {
  const timeout = vi.spyOn(globalThis, "setTimeout");
  clock(0, 3);
  await new Courtesy().pause();
  clock(0, 30, 30, 30.5, 30.5);
  await new Courtesy().pause();
  expect(timeout).not.toHaveBeenCalled();
});

test("where others had much to do, it rests twice as long as it worked, within a bound", async () => {
  const timeout = vi.spyOn(globalThis, "setTimeout");
  clock(0, 10, 10, 15, 35);
  await new Courtesy().pause();
  clock(0, 400, 400, 420, 470);
  await new Courtesy().pause();
  expect(timeout.mock.calls.map(([, wait]) => wait)).toEqual([20, 50]);
});
