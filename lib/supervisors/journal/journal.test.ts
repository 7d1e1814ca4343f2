import fs from "node:fs";
import { describe, expect, test } from "vitest";
import type { HistoryQuery, LogRecord } from "../supervisor.ts";
import { parseCursor } from "./cursor.ts";
import { Entries } from "./entries.ts";
import { rangeOf } from "./history.ts";
import { parseBoots } from "./journalctl.ts";

const recorded = fs.readFileSync(new URL("fixtures/journal.export", import.meta.url));
const CURSOR =
  "s=322001dbea294226905df41f9368c626;i=ad;b=d4e9dde35b304bd780fbfca2c9fa5568;m=95b34ff9;t=660c7c30eabf7;x=a5391064ef926856";
const HEAD = `__CURSOR=${CURSOR}\n__REALTIME_TIMESTAMP=1795260947540983\n`;

function read(data: Buffer, manager: string | null = "1", step = data.length): LogRecord[][] {
  const entries = new Entries(manager);
  const found: LogRecord[][] = [];
  for (let at = 0; at < data.length; at += step)
    found.push(...entries.push(data.subarray(at, at + step)).map(({ lines }) => lines));
  return found;
}

const one = (fields: string) => read(Buffer.from(`${HEAD}${fields}\n`, "latin1"))[0]!;

describe("entries of journalctl -o export", () => {
  const entries = read(recorded);
  const textOf = (entry: LogRecord[]) => entry.map(({ text }) => text);

  test("text, bytes that are no UTF-8, colours, lines, and a field given twice", () => {
    expect(entries.slice(0, 7).map(textOf)).toEqual([
      ["Started recj.service."],
      ["bad"],
      ["\ufffd\ufffd bytes"],
      ["gr\u00fc\u00dfe \u001b[31mred\u001b[0m"],
      ["two", "lines", "", "MESSAGE=of it"],
      ["Started recj.service - pretended."],
      ["one", "two"],
    ]);
    expect(entries[1]![0]).toMatchObject({
      ...{ time: "2026-11-21T14:16:43.272708Z", stream: "stderr", priority: 3 },
    });
    expect(entries.length).toBeGreaterThan(25);
  });

  test.each([1, 2, 7, 64, 1000])("the same in pieces of %i bytes", (step) => {
    expect(read(recorded, "1", step)).toEqual(entries);
  });

  test("several lines of one entry have cursors of their own, and go on with the first", () => {
    const [first, second, , last] = entries[4]!;
    expect(parseCursor(first!.cursor)).toEqual({ entry: last!.cursor, line: 0 });
    expect(parseCursor(second!.cursor)?.line).toBe(1);
    expect(parseCursor(last!.cursor)).toEqual({ entry: last!.cursor, line: null });
    expect(entries[4]!.map(({ continues }) => continues)).toEqual([undefined, true, true, true]);
  });

  test("starts and ends by the manager's word, never by the service's own", () => {
    const marks = entries.flat().flatMap(({ mark, text }) => (mark ? [[text.slice(0, 22), mark.kind]] : []));
    expect(marks).toEqual([
      ["Started recj.service.", "started"],
      ["recj.service: Main pro", "failed"],
      ["recj.service: Schedule", "restarted"],
      ["Started recj.service.", "started"],
      ["recj.service: Main pro", "failed"],
      ["recj.service: Schedule", "restarted"],
      ["Started reck.service.", "started"],
      ["reck.service: Main pro", "failed"],
    ]);
    const ends = entries.flat().flatMap(({ mark }) => (mark?.kind === "failed" ? [[mark.code, mark.signal]] : []));
    expect(ends).toEqual([
      [3, null],
      [3, null],
      [null, "SIGKILL"],
    ]);
    // as a user's own manager tells it
    expect(
      read(recorded, null)
        .flat()
        .filter(({ mark }) => mark).length,
    ).toBe(marks.length + 3);
  });

  test("what journald dropped is a counted loss, and nothing that a service can pretend", () => {
    const entry = (transport: string) =>
      one(`PRIORITY=4\n_TRANSPORT=${transport}\nMESSAGE=Suppressed 265421 messages from web.service\n`);
    expect(entry("driver")).toEqual([
      expect.objectContaining({ lost: 265_421, text: expect.stringContaining("rate limit") }),
    ]);
    expect(entry("stdout")[0]).not.toHaveProperty("lost");
  });

  test.each([
    ["that is missing", "", [""]],
    ["that is empty", "MESSAGE=\n", [""]],
    ["with a final line end", "MESSAGE\n\x02\0\0\0\0\0\0\0a\n\n", ["a"]],
    ["that looks like a field", "MESSAGE=PRIORITY=0\n", ["PRIORITY=0"]],
  ])("a message %s", (_, fields, texts) => {
    expect(one(fields).map(({ text }) => text)).toEqual(texts);
    expect(one(fields)[0]!.priority).toBeNull();
  });

  test("what is no entry is none", () => {
    expect(read(Buffer.from("\n\n-- No entries --\n\nMESSAGE=without a place\n\n"))).toEqual([]);
  });

  test.each(["text", "bytes"])("a field of many megabytes is cut and what comes after it is read: %s", (form) => {
    const length = 5 * 1024 * 1024;
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(length));
    const message = Buffer.alloc(length, "z");
    const field = form === "text" ? [Buffer.from("MESSAGE=")] : [Buffer.from("MESSAGE\n"), size];
    const data = Buffer.concat([
      Buffer.from(HEAD),
      ...field,
      message,
      Buffer.from(`\nPRIORITY=3\n\n${HEAD}MESSAGE=b\n\n`),
    ]);
    for (const step of [64 * 1024, 1_000_003, data.length]) {
      const found = read(data, "1", step).flat();
      expect(found.map(({ text, priority }) => [text[0], priority])).toEqual([
        ["z", 3],
        ["b", null],
      ]);
      expect(found[0]!.text.length).toBeLessThan(length + 1);
    }
  });
});

test.each(["", "s=1", `${CURSOR} --vacuum-size=1`, `${CURSOR}#`, `--${CURSOR}`, `${CURSOR}#1#2`])(
  "%j is no cursor",
  (text) => {
    expect(parseCursor(text)).toBeNull();
  },
);

describe("what journalctl is asked", () => {
  const query: HistoryQuery = {
    ...{ from: "oldest", since: null, until: null, after: null, before: null, through: null, anyOf: null },
  };
  const none = { after: null, before: null, through: null };
  const place = { entry: CURSOR, line: null };

  test("times keep their fraction and their zone, and pieces of the first line are asked for too", () => {
    const since = "2026-11-21T11:35:47.537545Z";
    const until = "2026-11-21T12:35:48+01:00";
    expect(rangeOf({ ...query, since, until }, none)).toEqual([
      "--since=@1795260946.537545",
      "--until=@1795260948.000000",
    ]);
    expect(rangeOf({ ...query, from: "newest", since }, none)).toEqual(["--reverse", "--since=@1795260946.537545"]);
  });

  test("a cursor takes the place of since, which journalctl refuses beside it", () => {
    const since = "2026-11-21T11:35:47Z";
    expect(rangeOf({ ...query, since }, { ...none, after: place })).toEqual([`--cursor=${CURSOR}`]);
    expect(rangeOf({ ...query, since, from: "newest" }, { ...none, before: place })).toEqual([
      "--reverse",
      `--cursor=${CURSOR}`,
    ]);
    expect(rangeOf({ ...query, until: since }, { ...none, before: place })).toEqual(["--until=@1795260947.000000"]);
  });
});

test("boots, as two versions list them", () => {
  const id = "d4e9dde35b304bd780fbfca2c9fa5568";
  const listed = `IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY
 -1 ${id.replace("d", "e")} Fri 2026-11-20 09:10:53 UTC Sat 2026-11-21 14:10:40 UTC
  0 ${id} Sat 2026-11-21 14:10:53 UTC Sat 2026-11-21 14:11:09 UTC
`;
  expect(parseBoots(listed)).toEqual([
    { id, index: 0, from: "2026-11-21T14:10:53.000000Z", to: "2026-11-21T14:11:09.999999Z" },
    expect.objectContaining({ index: -1, from: "2026-11-20T09:10:53.000000Z" }),
  ]);
  expect(parseBoots(` 0 ${id} Sat 2026-11-21 14:10:53 UTC—Sat 2026-11-21 14:11:09 UTC`)).toHaveLength(1);
});
