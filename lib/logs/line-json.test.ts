import fc from "fast-check";
import { expect, test } from "vitest";
import { gapLine, LOG_LEVELS, type LogLine, markLine } from "./line.ts";
import { jsonOf } from "./line-json.ts";

const PLACE = { cursor: "c", time: "2026-11-22T04:20:33.123456789Z", service: "local/docker/api" };
const anyText = fc.string({ unit: "binary" });

test("it is what JSON.stringify says of any line", () => {
  const line: fc.Arbitrary<LogLine> = fc.record(
    {
      cursor: anyText,
      time: anyText,
      service: fc.oneof(fc.constantFrom("local/docker/api", "local/systemd/a%40b.service"), anyText),
      stream: fc.constantFrom("stdout" as const, "stderr" as const),
      level: fc.constantFrom(null, ...LOG_LEVELS),
      text: fc.oneof(
        anyText,
        fc.string({ unit: fc.constantFrom("\ud800", "\udc00", '"', "\\", "\u2028", "\x7f", "é", "\n") }),
      ),
      fields: fc.dictionary(anyText, fc.jsonValue()),
      truncated: fc.constant(true as const),
      continues: fc.constant(true as const),
    },
    { requiredKeys: ["cursor", "time", "service", "stream", "level", "text"] },
  );
  fc.assert(
    fc.property(line, ({ cursor, time, service, stream, level, text, ...more }) => {
      const one: LogLine = { cursor, time, service, stream, level, text, ...more };
      expect(jsonOf(one)).toBe(JSON.stringify(one));
    }),
  );
});

test("gaps and markers are written whole", () => {
  for (const line of [
    gapLine(PLACE, { lines: 3, reason: "rotated" }),
    markLine(PLACE, { kind: "failed", code: 1, signal: null }),
  ])
    expect(JSON.parse(jsonOf(line))).toEqual(line);
});
