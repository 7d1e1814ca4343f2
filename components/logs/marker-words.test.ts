import { expect, test } from "vitest";
import { isJump, markerDetail } from "./marker-words.ts";

test("the word stands once, and how it ended is told once", () => {
  const exited = { kind: "exited", code: 3, signal: null } as const;
  expect(markerDetail(exited, "Exited, code 3")).toBe("code 3");
  expect(markerDetail(exited, "")).toBe("code 3");
  expect(markerDetail(exited, "mongod.service: Main process exited, status=3")).toBe(
    "mongod.service: Main process exited, status=3",
  );
  const failed = { kind: "failed", code: 137, signal: "SIGKILL" } as const;
  expect(markerDetail(failed, "Failed, by SIGKILL")).toBe("by SIGKILL");
  expect(markerDetail(failed, "out of memory")).toBe("SIGKILL, out of memory");
  expect(markerDetail({ kind: "started", code: null, signal: null }, "Started")).toBe("");
});

test("the keys go to ends and new beginnings, not to every start", () => {
  expect(
    (["started", "exited", "failed", "restarted", "recreated"] as const).filter((kind) => isJump({ kind })),
  ).toEqual(["exited", "failed", "restarted", "recreated"]);
});
