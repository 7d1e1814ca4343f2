import { expect, test } from "vitest";
import { exitWords, isJump } from "./marker-words.ts";

test("a marker says what its text leaves out, once", () => {
  expect(exitWords({ kind: "failed", code: null, signal: "SIGKILL" }, "ended")).toBe("SIGKILL");
  expect(exitWords({ kind: "failed", code: 9, signal: "SIGKILL" }, "killed by SIGKILL")).toBeNull();
  expect(exitWords({ kind: "exited", code: 3, signal: null }, "ended")).toBe("exit 3");
  expect(exitWords({ kind: "exited", code: 3, signal: null }, "exited with code 3")).toBeNull();
  expect(exitWords({ kind: "started", code: null, signal: null }, "started")).toBeNull();
});

test("the keys go to ends and new beginnings, not to every start", () => {
  expect(
    (["started", "exited", "failed", "restarted", "recreated"] as const).filter((kind) => isJump({ kind })),
  ).toEqual(["exited", "failed", "restarted", "recreated"]);
});
