import fc from "fast-check";
import { expect, test } from "vitest";
import { hash64, PathTable } from "./hostile-paths.ts";

test("what is kept with a path is found again, and nothing with others, however many there are", () => {
  const table = new PathTable(2);
  for (let n = 0; n < 50_000; n++) table.add(`folder-${n % 97}/file-${n}`).set([n, n + 1]);
  expect(table.count).toBe(50_000);
  for (let n = 0; n < 50_000; n += 7) expect([...(table.get(`folder-${n % 97}/file-${n}`) ?? [])]).toEqual([n, n + 1]);
  expect(table.get("folder-1/file-0")).toBeNull();
});

test("it agrees with a map", () => {
  const path = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom("a", "a/b", "b/a", "ab"));
  fc.assert(
    fc.property(fc.array(fc.tuple(path, fc.integer({ min: 1, max: 2 ** 32 - 1 }))), (added) => {
      const table = new PathTable(1);
      const map = new Map<string, number>();
      for (const [one, value] of added) {
        table.add(one)[0] = value;
        map.set(one, value);
      }
      expect(table.count).toBe(map.size);
      for (const [one, value] of map) expect(table.get(one)?.[0]).toBe(value);
    }),
  );
});

test("no two of many paths that differ in little fall together", () => {
  const met = new Set<bigint>();
  for (let n = 0; n < 300_000; n++) {
    const [high, low] = hash64(`var/lib/data/${n % 1000}/${n.toString(36)}.json`);
    met.add((BigInt(high) << 32n) | BigInt(low));
  }
  expect(met.size).toBe(300_000);
}, 60_000);
