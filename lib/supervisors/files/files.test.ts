import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { sleep } from "#lib/platform/clock.ts";
import type { Admit } from "#lib/platform/line-file.ts";
import { unpackBudget } from "#lib/platform/unpack.ts";
import type { HistoryQuery, LogQuery, LogRecord } from "../supervisor.ts";
import { readLogs } from "./follow.ts";
import { readHistory } from "./history.ts";
import { openLogFile } from "./log-file.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-pm2-logs-"));
afterAll(() => fs.rmSync(root, { recursive: true }));
const HISTORY: HistoryQuery = {
  ...{ from: "oldest", since: null, until: null, after: null, before: null, through: null, anyOf: null },
};
const ALL: LogQuery = { tail: null, since: null, until: null, after: null, follow: false };

let folder = "";
let out = "";
let err = "";
let count = 0;
beforeEach(() => {
  count += 1;
  folder = path.join(root, String(count));
  fs.mkdirSync(folder);
  out = path.join(folder, "app-out.log");
  err = path.join(folder, "app-error.log");
});

const source = (admit: Admit | null = null) => ({
  admit,
  files: async () =>
    new Map([
      [out, "stdout" as const],
      [err, "stderr" as const],
    ]),
});
const write = (file: string, ...lines: string[]) => fs.appendFileSync(file, lines.map((line) => `${line}\n`).join(""));

async function read(query: Partial<LogQuery> = {}): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of readLogs(source(), { ...ALL, ...query }, new AbortController().signal))
    records.push(record);
  return records;
}
const texts = (records: readonly LogRecord[]) =>
  records.map(({ text, lost }) => (lost === undefined ? text : `(${/emptied|removed/.exec(text)?.[0]})`));

/** Follows until the returned function is called, which waits for `wanted` lines first. */
function follow(query: Partial<LogQuery> = {}) {
  const ending = new AbortController();
  const records: LogRecord[] = [];
  const reading = (async () => {
    for await (const record of readLogs(source(), { ...ALL, follow: true, ...query }, ending.signal))
      records.push(record);
  })();
  return {
    records,
    async has(wanted: number) {
      for (let tries = 0; tries < 150 && records.length < wanted; tries += 1) await sleep(20);
      expect(texts(records).length).toBeGreaterThanOrEqual(wanted);
    },
    async end() {
      await sleep(450);
      ending.abort();
      await reading;
      return texts(records);
    },
  };
}

describe("history", () => {
  test("both files in the order of their times; a line without one stays behind the line before it", async () => {
    write(out, "2025-11-14T10:00:00Z a", "2025-11-14T10:00:02Z c");
    write(err, "2025-11-14T10:00:01Z Error: b", "    at stack", "2025-11-14T10:00:03Z d");
    const records = await read();
    expect(records.map(({ text, stream }) => `${stream} ${text}`)).toEqual([
      "stdout 2025-11-14T10:00:00Z a",
      "stderr 2025-11-14T10:00:01Z Error: b",
      "stderr     at stack",
      "stdout 2025-11-14T10:00:02Z c",
      "stderr 2025-11-14T10:00:03Z d",
    ]);
    expect(records[2]!.time).toBe("2025-11-14T10:00:01.000Z");
  });

  test("the newest N of both, and the bounds of time", async () => {
    const minute = (at: number) => `2025-11-14T10:${String(at).padStart(2, "0")}:00Z`;
    write(out, ...Array.from({ length: 50 }, (_, at) => `${minute(at)} out ${"x".repeat(9000)} ${at}`));
    write(err, `${minute(20)} err`);
    const last = (records: readonly LogRecord[]) => records.map((record) => record.text.split(" ").at(-1));
    expect(last(await read({ tail: 2 }))).toEqual(["48", "49"]);
    expect(last(await read({ tail: 1, until: minute(20) }))).toEqual(["err"]);
    expect(last(await read({ tail: 3, until: minute(19) }))).toEqual(["17", "18", "19"]);
    expect(last(await read({ since: minute(48) }))).toEqual(["48", "49"]);
    expect(last(await read({ since: minute(19), until: minute(21) }))).toEqual(["19", "20", "err", "21"]);
    expect(last(await read({ tail: 500 }))).toHaveLength(51);
    expect(await read({ tail: 0 })).toEqual([]);
  });

  test("without times lines bear the file's; a last line without its end counts; CR, blank and broken UTF-8 survive", async () => {
    fs.writeFileSync(out, Buffer.concat([Buffer.from("one\r\n\nthr"), Buffer.from([0xff]), Buffer.from("ee")]));
    fs.utimesSync(out, 1_700_000_000, 1_700_000_000);
    const records = await read({ tail: 10 });
    expect(texts(records)).toEqual(["one", "", "thr\ufffdee"]);
    expect(records[0]!.time).toBe("2023-11-14T22:13:20.000Z");
  });

  test("a line without end keeps its first megabyte, and the next line is whole", async () => {
    write(out, "y".repeat(3 * 1024 * 1024), "next");
    const records = await read();
    expect(records.map((record) => record.text.length)).toEqual([1024 * 1024, 4]);
  });

  test("what unpacks to too much is told, and nothing that was opened stays open", async () => {
    write(out, "three");
    write(err, "trouble");
    for (const [at, file] of [out, err].entries()) fs.writeFileSync(`${file}.2.gz`, gzipSync("x".repeat(400 + at)));
    const budget = unpackBudget();
    const before = budget.left;
    budget.left = 500;
    const held = () =>
      fs
        .readdirSync("/proc/self/fd")
        .map((fd) => path.join("/proc/self/fd", fd))
        .filter((fd) => fs.existsSync(fd) && fs.readlinkSync(fd).startsWith(folder));
    const lines = readHistory(source(), HISTORY, new AbortController().signal);
    await expect(lines.next()).rejects.toMatchObject({ code: "too_large" });
    expect(held()).toEqual([]);
    expect(budget.left).toBe(500);
    budget.left = before;
  });

  test("no file is no error", async () => {
    expect(await read()).toEqual([]);
  });

  test("as root, only files of the daemon's user, and never a device or a pipe", async () => {
    write(out, "a");
    const signal = new AbortController().signal;
    await expect(
      readLogs(
        source(() => "it is not yours"),
        ALL,
        signal,
      ).next(),
    ).rejects.toMatchObject({ reason: "denied" });
    const start = () => 0;
    expect(() => openLogFile({ file: "/dev/zero", position: null, start, admit: null }).next()).toThrow(
      "no ordinary file",
    );
  });
});

describe("a cursor", () => {
  test("goes on behind its line, in every file, and sees nothing twice", async () => {
    write(out, "2025-11-14T10:00:00Z a", "2025-11-14T10:00:02Z c");
    write(err, "2025-11-14T10:00:01Z b", "2025-11-14T10:00:03Z d");
    const records = await read();
    for (const [at, record] of records.entries())
      expect(texts(await read({ after: record.cursor }))).toEqual(texts(records).slice(at + 1));
    const [tailed] = await read({ tail: 1 });
    expect(await read({ after: tailed!.cursor })).toEqual([]);
  });

  test("finds a renamed file again, and takes a new one from its first line", async () => {
    write(out, "a", "b", "c");
    const [first] = await read();
    fs.renameSync(out, path.join(folder, "app-out__2025-11-14.log"));
    write(out, "d");
    expect(texts(await read({ after: first!.cursor }))).toEqual(["b", "c", "d"]);
    fs.rmSync(path.join(folder, "app-out__2025-11-14.log"));
    expect(texts(await read({ after: first!.cursor }))).toEqual(["(removed)", "d"]);
  });

  test("knows where the reading of a silent file began", async () => {
    write(out, "old");
    write(err, "old trouble");
    const following = follow({ tail: 0 });
    await sleep(250);
    write(out, "new");
    await following.has(1);
    await following.end();
    expect(await read({ after: following.records[0]!.cursor })).toEqual([]);
  });

  test("finds its place in the copy of a file that was copied and cut, however long the file is by now", async () => {
    write(out, "one", "two", "three");
    const [first] = await read();
    fs.copyFileSync(out, path.join(folder, "app-out.log.1"));
    fs.truncateSync(out, 0);
    write(out, "four", "five, which is longer than all that was there before");
    const rest = ["two", "three", "four", "five, which is longer than all that was there before"];
    expect(texts(await read({ after: first!.cursor }))).toEqual(rest);
    const lines: LogRecord[] = [];
    const query = { ...HISTORY, after: first!.cursor };
    for await (const batch of readHistory(source(), query, new AbortController().signal)) lines.push(...batch);
    expect(texts(lines)).toEqual(rest);
    // without the copy it is known that something is missing
    fs.rmSync(path.join(folder, "app-out.log.1"));
    expect(texts(await read({ after: first!.cursor }))).toEqual(["(emptied)", ...rest.slice(2)]);
  });

  test("opens nothing but what rotation made of its file, whatever it names", async () => {
    write(out, "own");
    const identity = (file: string) => {
      const { dev, ino } = fs.statSync(file, { bigint: true });
      return `${dev.toString(36)}.${ino.toString(36)}`;
    };
    const [line] = await read();
    // as somebody makes it up who may read this app's log only
    const naming = (file: string, offset: number) => {
      const key = line!.cursor.split(".")[0];
      const place = `${key}.${identity(file)}.${offset.toString(36)}`;
      return `${place}~${place}`;
    };
    for (const name of ["app-outbox-out.log", "app-outbox.log", "app-out-2.log", "app-out.logs", "app-out.log.old"]) {
      const other = path.join(folder, name);
      write(other, "secret", "secret too");
      for (const offset of [0, 7])
        expect(texts(await read({ after: naming(other, offset) })), name).toEqual(["(removed)", "own"]);
    }
    const rotated = path.join(folder, "app-out.log.1");
    write(rotated, "earlier", "later");
    expect(texts(await read({ after: naming(rotated, 0) }))).toEqual(["earlier", "later", "own"]);
    expect(texts(await read({ after: naming(rotated, 8) }))).toEqual(["later", "own"]);
    expect(texts(await read({ after: naming(rotated, 3) }))).toEqual(["(removed)", "own"]);
  });

  test("of a file that was emptied meanwhile takes what is there now", async () => {
    write(out, "a long line of the past", "another");
    const last = (await read()).at(-1)!;
    fs.truncateSync(out, 0);
    write(out, "new");
    const records = await read({ after: last.cursor });
    expect(texts(records)).toEqual(["(emptied)", "new"]);
    expect(texts(await read({ after: records[0]!.cursor }))).toEqual(["new"]);
    expect(await read({ after: records[1]!.cursor })).toEqual([]);
  });

  test.each(["x", "1.2.3", "../../etc/passwd", "a.b.c.d.e"])("%j is refused", async (after) => {
    await expect(read({ after })).rejects.toMatchObject({ reason: "refused" });
  });
});

describe("following", () => {
  test("what comes bears the time it came, and a line is given when it is whole", async () => {
    write(out, "old");
    const following = follow({ tail: 1 });
    await following.has(1);
    const before = Date.now();
    fs.appendFileSync(out, "hal");
    await sleep(300);
    expect(texts(following.records)).toEqual(["old"]);
    write(out, "f");
    write(err, "trouble");
    await following.has(3);
    expect((await following.end()).toSorted()).toEqual(["half", "old", "trouble"]);
    expect(Date.parse(following.records[1]!.time)).toBeGreaterThanOrEqual(before);
  });

  test("through a rename: the old file to its end, then the new one", async () => {
    write(out, "a");
    const following = follow();
    await following.has(1);
    write(out, "b");
    fs.renameSync(out, path.join(folder, "app-out.log.1"));
    write(path.join(folder, "app-out.log.1"), "c");
    fs.writeFileSync(out, "");
    await sleep(300);
    write(path.join(folder, "app-out.log.1"), "d");
    write(out, "e");
    expect(await following.end()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("through copytruncate: what was copied and not yet read comes from the copy", async () => {
    write(out, "a");
    const following = follow();
    await following.has(1);
    write(out, "b", "c");
    fs.copyFileSync(out, path.join(folder, "app-out.log.1"));
    fs.truncateSync(out, 0);
    write(out, "d");
    await following.has(4);
    write(out, "e");
    expect(await following.end()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("emptied by hand: nothing is taken from an old copy that happens to hold the same", async () => {
    write(out, "same", "same", "same");
    fs.copyFileSync(out, path.join(folder, "app-out-3.log"));
    write(path.join(folder, "app-out-3.log"), "another process's");
    const following = follow();
    await following.has(3);
    fs.truncateSync(out, 0);
    write(out, "new");
    expect(await following.end()).toEqual(["same", "same", "same", "(emptied)", "new"]);
  });

  test("a file cut and grown beyond where we were, between two looks", async () => {
    write(out, "first line");
    const following = follow();
    await following.has(1);
    fs.writeFileSync(out, "");
    write(out, "a new and longer line", "another");
    expect(await following.end()).toEqual(["first line", "(emptied)", "a new and longer line", "another"]);
  });

  test("a file that comes later, and a deleted one that comes again", async () => {
    const following = follow({ tail: 5 });
    await sleep(250);
    write(out, "a");
    await following.has(1);
    fs.rmSync(out);
    await sleep(250);
    write(out, "b");
    expect(await following.end()).toEqual(["a", "b"]);
  });

  test("while it is rotated a hundred times, nothing is lost and nothing comes twice", async () => {
    write(out, "0");
    const following = follow();
    await following.has(1);
    for (let at = 1; at <= 100; at += 1) {
      write(out, String(at));
      if (at % 10 === 0) {
        await sleep(220);
        fs.renameSync(out, path.join(folder, `app-out.log.${at}`));
      }
    }
    await following.has(101);
    expect(await following.end()).toEqual(Array.from({ length: 101 }, (_, at) => String(at)));
  });
});

test("what comes in one go gives way to others meanwhile", async () => {
  write(out, "first");
  let turns = 0;
  const turnsAt: number[] = [];
  const ending = new AbortController();
  const count = () => {
    turns += 1;
    if (!ending.signal.aborted) setImmediate(count);
  };
  for await (const { text } of readLogs(source(), { ...ALL, follow: true }, ending.signal)) {
    turnsAt.push(turns);
    if (text === "first") {
      count();
      setImmediate(() => write(out, ...Array.from({ length: 10_000 }, () => "more"), "last"));
    }
    if (text === "last") ending.abort();
  }
  expect(turnsAt.at(-1)! - turnsAt[1]!).toBeGreaterThanOrEqual(4);
});

test("a line without its end is whole once it has one, for who has its first half", async () => {
  fs.writeFileSync(out, "one\ntw");
  const history = async (query: Partial<HistoryQuery>) => {
    const records: LogRecord[] = [];
    for await (const batch of readHistory(source(), { ...HISTORY, ...query }, new AbortController().signal))
      records.push(...batch);
    return records;
  };
  const there = await history({});
  expect(texts(there)).toEqual(["one", "tw"]);
  expect(texts(await history({ endedOnly: true }))).toEqual(["one"]);
  fs.appendFileSync(out, "o\nthree\n");
  expect(texts(await history({ after: there[1]!.cursor }))).toEqual(["two", "three"]);
});
