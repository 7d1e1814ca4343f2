import { describe, expect, test } from "vitest";
import { writeKey } from "./key-press.ts";

describe("keys as people read them", () => {
  test.each([
    ["Mod+k", true, ["⌘", "K"]],
    ["Mod+k", false, ["Ctrl", "K"]],
    ["Mod+Enter", false, ["Ctrl", "↵"]],
    ["R", false, ["⇧", "R"]],
    ["r", true, ["r"]],
    ["Escape", true, ["esc"]],
    ["?", false, ["?"]],
  ])("%s, mac %s", (key, mac, caps) => expect(writeKey(key, mac)).toEqual(caps));
});
