import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parseSnapshots, parseSummary, wordsOfError } from "./parse.ts";

const fixture = (name: string) => fs.readFileSync(path.join(import.meta.dirname, "fixtures", name), "utf8");

test("the summary of a backup, behind its progress", () => {
  expect(parseSummary(fixture("backup-0.14.jsonl"))).toEqual({ snapshot: "562960c7", added: 3000360, read: 3000000 });
  const [, , , summary] = fixture("backup-0.14.jsonl").split("\n");
  const packed = summary!.replace('"data_blobs"', '"data_added_packed":1234,"data_blobs"');
  expect(parseSummary(`notice\n${packed}\n`)?.added).toBe(1234);
});

test("without a summary there is no backup", () => {
  const lines = fixture("backup-0.14.jsonl").split("\n").slice(0, 3).join("\n");
  expect(parseSummary(lines)).toBeNull();
  expect(parseSummary(`${lines}\n{"message_type":"summary","snapshot_id":"../x"}`)).toBeNull();
  expect(parseSummary("")).toBeNull();
});

test("snapshots, and none", () => {
  expect(parseSnapshots(fixture("snapshots-0.14.json"))).toEqual([
    {
      id: "562960c7222ccf04f5b299de405e88ec86a2e0e5a75a17b15448b59d262a26a4",
      short: "562960c7",
      at: new Date("2026-11-21T18:11:24.517Z"),
      tags: ["trihelm"],
    },
  ]);
  expect(parseSnapshots("null")).toEqual([]);
  expect(parseSnapshots("[]")).toEqual([]);
  expect(() => parseSnapshots("Fatal: wrong password")).toThrow();
  expect(() => parseSnapshots('[{"id":"x"}]')).toThrow();
});

test("its reason in one line", () => {
  expect(wordsOfError("Is there a repository?\nFatal: wrong password or no key found\n")).toBe(
    "wrong password or no key found",
  );
  expect(wordsOfError("unable to open\n\n")).toBe("unable to open");
  expect(wordsOfError("")).toBe("it gave no reason");
});
