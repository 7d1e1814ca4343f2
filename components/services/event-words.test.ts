import { expect, test } from "vitest";
import type { Happening } from "#lib/services/events/happening.ts";
import { eventWords } from "./event-words.ts";

const base: Happening = {
  ...{ at: "2026-11-21T12:00:00.000Z", kind: "exited", count: 1, code: null, signal: null, oomKilled: false },
  ...{ by: null, reason: null, detail: null, missed: false },
};

test.each<[Partial<Happening>, string, string]>([
  [{ code: 3, reason: "`node` ended." }, "Exit 3", "`node` ended."],
  [{ signal: "SIGSEGV" }, "Killed by SIGSEGV", ""],
  [{ oomKilled: true, code: 137, detail: { memoryLimit: 512 * 1024 * 1024 } }, "Killed at its 512 MB memory limit", ""],
  [{ oomKilled: true, code: 137 }, "Killed, the memory was used up", ""],
  [{ kind: "restarted", count: 17, code: 1 }, "Restarted 17 times", "After exit 1. Nobody asked for it here."],
  [{ kind: "restarted", by: "mara" }, "Restarted", "Asked for by mara."],
  [{ kind: "stopped", by: "mara", missed: true }, "Stopped", "Asked for by mara. While Trihelm was away."],
  [{ kind: "changed", detail: { from: "web:1", to: "web:2" } }, "Changed", "From `web:1` to `web:2`."],
  [{ kind: "unhealthy", reason: "3 checks failed" }, "Unhealthy", "3 checks failed."],
])("%o", (event, title, more) => {
  expect(eventWords({ ...base, ...event })).toMatchObject({ title, more });
});
