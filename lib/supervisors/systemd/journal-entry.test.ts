import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { linesOf, parseCursor } from "./journal-entry.ts";
import { matchesOf, rangeOf } from "./logs.ts";

const entries = fs
  .readFileSync(new URL("fixtures/journal.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n");
const CURSOR =
  "s=322001dbea294226905df41f9368c626;i=ad;b=d4e9dde35b304bd780fbfca2c9fa5568;m=95b34ff9;t=660c7c30eabf7;x=a5391064ef926856";

describe("entries of journalctl -o json", () => {
  test("text, with microseconds and its priority", () => {
    expect(linesOf(entries[0]!)).toEqual([
      expect.objectContaining({
        time: "2026-11-21T11:35:47.537545Z",
        stream: "stdout",
        text: "Starting recj.service...",
        priority: 6,
      }),
    ]);
  });

  test("errors and worse count as stderr", () => {
    expect(linesOf(entries[1]!)[0]).toMatchObject({ stream: "stderr", priority: 3, text: "bad" });
  });

  test("bytes that are no UTF-8", () => {
    expect(linesOf(entries[2]!)[0]!.text).toBe("\ufffd\ufffd bytes");
  });

  test("several lines in one entry have cursors of their own", () => {
    const lines = linesOf(entries[3]!);
    expect(lines.map(({ text, cursor }) => [text, cursor])).toEqual([
      ["two", `${CURSOR}#0`],
      ["lines", CURSOR],
    ]);
    expect(parseCursor(`${CURSOR}#0`)).toEqual({ entry: CURSOR, line: 0 });
    expect(parseCursor(CURSOR)).toEqual({ entry: CURSOR, line: null });
  });

  test("what journald dropped is a counted loss, and nothing that a service can pretend", () => {
    const entry = (transport: string) =>
      JSON.stringify({
        ...{ __CURSOR: CURSOR, __REALTIME_TIMESTAMP: "1795260947540983", PRIORITY: "4", _TRANSPORT: transport },
        MESSAGE: "Suppressed 265421 messages from web.service",
      });
    expect(linesOf(entry("driver"))).toEqual([
      expect.objectContaining({ lost: 265_421, text: expect.stringContaining("rate limit") }),
    ]);
    expect(linesOf(entry("stdout"))[0]).not.toHaveProperty("lost");
  });

  test.each([
    ["null, as journalctl gives what is too long", "null", [""]],
    ["given more than once", '["one",[116,119,111],null]', ["one", "two"]],
    ["with a final line end", '"a\\n"', ["a"]],
    ["empty", '""', [""]],
  ])("a message %s", (_, message, texts) => {
    const json = `{"__CURSOR":"${CURSOR}","__REALTIME_TIMESTAMP":"1795260947540983","MESSAGE":${message}}`;
    expect(linesOf(json).map((line) => line.text)).toEqual(texts);
  });

  test.each(["", "{", "null", "[]", "{}", '{"__CURSOR":1}', "-- No entries --"])("%j is no entry", (json) => {
    expect(linesOf(json)).toEqual([]);
  });

  test.each(["", "s=1", `${CURSOR} --vacuum-size=1`, `${CURSOR}#`, `--${CURSOR}`, `${CURSOR}#1#2`])(
    "%j is no cursor",
    (text) => {
      expect(parseCursor(text)).toBeNull();
    },
  );
});

describe("what journalctl is asked", () => {
  const query = { tail: 50, since: null, until: null, after: null, follow: false };

  test("fields of one unit, never a pattern", () => {
    expect(matchesOf("a.service", "system")).toContain("_SYSTEMD_UNIT=a.service");
    expect(matchesOf("a.service", "system").join(" ")).toContain("+ _PID=1 UNIT=a.service +");
    expect(matchesOf("a.service", "user", 1000).filter((match) => match === "_UID=1000").length).toBe(4);
    expect(matchesOf("a.service", "system").some((match) => match.startsWith("-"))).toBe(false);
  });

  test("times keep their fraction and their zone", () => {
    expect(
      rangeOf({ ...query, tail: null, since: "2026-11-21T11:35:47.537545Z", until: "2026-11-21T12:35:48+01:00" }, null),
    ).toEqual(["--since=@1795260947.537545", "--until=@1795260948.000000"]);
  });

  test("a cursor takes the place of since and of the count", () => {
    expect(rangeOf({ ...query, since: "2026-11-21T11:35:47Z" }, CURSOR)).toEqual([`--cursor=${CURSOR}`]);
    expect(rangeOf({ ...query, tail: null }, null)).toEqual([]);
    expect(rangeOf({ ...query, until: "2026-11-21T11:35:47Z" }, null)).toEqual([
      "--until=@1795260947.000000",
      "--reverse",
      "--lines=50",
    ]);
  });
});
