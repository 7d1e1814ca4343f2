import { describe, expect, test } from "vitest";
import type { Job } from "#lib/jobs/job.ts";
import { formatSeconds, localTimes, outcomeWords, progressWords, quiescedWords, stepFigure } from "./job-words.ts";

const MB = 1024 ** 2;
const bytes = { done: 24 * MB, total: 38 * MB, unit: "bytes", rate: 5.1 * MB, left: 4 } as const;

describe("how far a job is", () => {
  test("says percent, amount and the time left", () => {
    expect(progressWords({ state: "running", progress: bytes })).toBe("63 %, 24 of 38 MB, about 4 s left");
  });

  test("leaves out what is not known", () => {
    expect(progressWords({ state: "running", progress: { ...bytes, total: null, left: null } })).toBe("24 MB");
    expect(progressWords({ state: "running", progress: null })).toBe("");
  });

  test("says that it waits for another one", () => {
    expect(progressWords({ state: "queued", progress: null })).toBe("waits its turn");
  });

  test("counts files", () => {
    const progress = { done: 12, total: 214, unit: "files", rate: 40.4, left: null } as const;
    expect(progressWords({ state: "running", progress })).toBe("5 %, 12 of 214 files");
    expect(stepFigure({ name: "", state: "running", startedAt: null, seconds: 1, note: null }, progress)).toBe(
      "40 files/s",
    );
  });
});

test("a step that is over has its time, one that waits has none", () => {
  const step = { name: "Snapshot", startedAt: null, seconds: 1.12, note: null };
  expect(stepFigure({ ...step, state: "done" }, bytes)).toBe("1.1 s");
  expect(stepFigure({ ...step, state: "waiting" }, bytes)).toBeNull();
  expect(formatSeconds(42.4)).toBe("42 s");
});

test("a failed job says why", () => {
  const job = { state: "failed", message: "Uploading", error: { code: "timeout", detail: "nas.lan did not answer" } };
  expect(outcomeWords(job as Job)).toBe("nas.lan did not answer");
  expect(outcomeWords({ ...job, error: null } as Job)).toBe("Uploading");
});

test("a moment is told by the reader's clock", () => {
  expect(localTimes("wa-db is as it was 2025-11-14T12:00:12.206Z")).toMatch(
    /^wa-db is as it was \w{3} 1[345] Nov, \d\d:\d\d$/,
  );
});

test("counts the services that stand still", () => {
  expect(quiescedWords({ quiesced: [] })).toBeNull();
  expect(quiescedWords({ quiesced: ["a"] })).toBe("1 service is stopped");
  expect(quiescedWords({ quiesced: ["a", "b"] })).toBe("2 services are stopped");
});
