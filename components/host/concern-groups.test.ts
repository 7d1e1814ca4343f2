import { expect, test } from "vitest";
import { type RebootConcern, rebootConcernSchema } from "#lib/services/reboot/shapes.ts";
import { groupConcerns } from "./concern-groups.ts";

const concern = (kind: RebootConcern["kind"], title: string): RebootConcern => ({
  service: null,
  title,
  kind,
  words: "",
  command: null,
  fix: "",
});

test("each kind has its group, and an engine stands before what it carries", () => {
  const kinds = rebootConcernSchema.shape.kind.options;
  const groups = groupConcerns(kinds.map((kind) => concern(kind, kind)));
  expect(groups.flatMap(({ items }) => items.map(({ kind }) => kind)).sort()).toEqual([...kinds].sort());
  expect(groups[0]!.items[0]!.kind).toBe("engine-disabled");
});

test("groups without anything are left out", () => {
  const groups = groupConcerns([concern("masked", "b"), concern("masked", "a")]);
  expect(groups.map(({ title, items }) => [title, items.map((item) => item.title)])).toEqual([
    ["Will not come back", ["a", "b"]],
  ]);
});
