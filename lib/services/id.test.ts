import fc from "fast-check";
import { expect, test } from "vitest";
import { parseServiceId, serviceId } from "./id.ts";

test("any three names go into an id and come back", () => {
  const name = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(
    fc.property(name, name, name, (host, scope, service) => {
      const id = serviceId(host, scope, service);
      expect(id.split("/")).toHaveLength(3);
      expect(parseServiceId(id)).toEqual({ host, scope, name: service });
    }),
  );
});

test("names that look alike when they are joined have ids of their own, the second time too", () => {
  const names: [string, string, string][] = [
    ["a/b", "c", "d"],
    ["a", "b/c", "d"],
    ["a", "b", "c/d"],
  ];
  for (let round = 0; round < 2; round += 1)
    expect(names.map((one) => serviceId(...one))).toEqual(["a%2Fb/c/d", "a/b%2Fc/d", "a/b/c%2Fd"]);
});

test.each(["", "a", "a/b", "a/b/", "/b/c", "a/b/c/d", "a/b/%", "a/b/%zz"])("%j is no id", (id) =>
  expect(parseServiceId(id)).toBeNull(),
);
