import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { readLogs } from "#lib/supervisors/files/follow.ts";
import { readHistory } from "#lib/supervisors/files/history.ts";
import { follow } from "./follow.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-follow-"));
afterAll(() => fs.rmSync(root, { recursive: true }));

test("a line that has no end yet comes whole", async () => {
  const file = path.join(root, "app.log");
  fs.writeFileSync(file, "one\ntw");
  const files = { admit: null, files: async () => new Map([[file, "stdout" as const]]) };
  const leaving = new AbortController();
  const following = await follow(
    {
      ...{ service: "local/file/app", name: "app" },
      supervisor: {
        logs: (_, query, signal) => readLogs(files, query, signal),
        history: async (_, query, signal) => readHistory(files, query, signal),
      },
    },
    leaving.signal,
  );
  fs.appendFileSync(file, "o\nthree\n");
  const texts: string[] = [];
  while (texts.length < 2) texts.push(...((await following.take())?.records ?? []).map(({ text }) => text));
  leaving.abort();
  expect(texts).toEqual(["two", "three"]);
});
