import { expect, test } from "vitest";
import { innerPlaces, newCheckHref } from "./places.ts";

test("the pages under a page are found with it, and each for who has use for it", () => {
  const of = (verbs: Parameters<typeof innerPlaces>[0]) =>
    innerPlaces(verbs).map(({ label, under }) => `${under.label} / ${label}`);
  expect(of(["read"])).toEqual([
    ...["Volumes / Backups", "Volumes / Plans", "Volumes / Coverage", "Volumes / Jobs"],
    ...["Activity / Alerts", "Activity / Checks", "Activity / Rules", "Activity / Channels"],
    ...["Host / Ports", "Host / Reboot"],
  ]);
  expect(of(["read", "backup"])).toContain("Volumes / Destinations");
});

test("a service's name stays whole in the address of its new check", () => {
  const id = "local/systemd/a%40b%3F.service";
  expect(new URL(newCheckHref(id), "http://x").searchParams.get("for")).toBe(id);
});
