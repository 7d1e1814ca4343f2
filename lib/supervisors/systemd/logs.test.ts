import { expect, test } from "vitest";
import { matchesOf, placeOf } from "./logs.ts";

test("fields of one unit, never a pattern", () => {
  expect(matchesOf("a.service", "system")).toContain("_SYSTEMD_UNIT=a.service");
  expect(matchesOf("a.service", "system").join(" ")).toContain("+ _PID=1 UNIT=a.service +");
  expect(matchesOf("a.service", "user", 1000).filter((match) => match === "_UID=1000").length).toBe(4);
  expect(matchesOf("a.service", "system").some((match) => match.startsWith("-"))).toBe(false);
});

test("of the machine's units only the machine's manager tells starts and ends", () => {
  expect(placeOf("a.service", "system").manager).toBe("1");
  expect(placeOf("a.service", "user").manager).toBeNull();
});
