import fc from "fast-check";
import { expect, test } from "vitest";
import { SeriesText } from "./text.ts";

const places = (value: number) => Math.round(value * 10_000) / 10_000;

test("any points are what JSON makes of them", () => {
  const value = fc.oneof(
    fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
    fc.double({ min: -5000, max: 5000, noNaN: true }).map(places),
    fc.constantFrom(0, 0.0001, 0.1, 9.9999, 999.9999, 1e9, 1e10 - 1, 1e21, 3e38),
  );
  const point = fc.tuple(fc.integer({ min: 0, max: 4e12 }), value);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.array(point, { maxLength: 40 })), (series) => {
      const text = new SeriesText('{"series":');
      for (const [name, points] of Object.entries(series))
        text.series(name, (add) => {
          for (const [at, one] of points) add(at, one);
        });
      expect(JSON.parse(text.end("}").toString())).toEqual({ series: JSON.parse(JSON.stringify(series)) });
    }),
  );
});
