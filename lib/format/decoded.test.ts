import { expect, test } from "vitest";
import { decoded } from "./decoded.ts";

test("what is encoded is decoded, and what only looks like it stays", () => {
  expect(decoded("a%2Fb%40c")).toBe("a/b@c");
  expect(decoded("100%")).toBe("100%");
});
