import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextPath, signInPath } from "./next-path.ts";

describe("nextPath", () => {
  test("a path of this server is kept with its query", () => {
    expect(nextPath("/services/local/docker/umami?tab=config")).toBe("/services/local/docker/umami?tab=config");
    expect(nextPath("/logs?q=a%20b&range=all")).toBe("/logs?q=a%20b&range=all");
  });

  test.each([
    "",
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "/..//evil.example",
    "/.//evil.example",
    "/%2e%2e//evil.example",
    "http:/evil.example",
    "evil.example",
    "@evil.example",
  ])("%j does not lead away", (next) => {
    const path = nextPath(next);
    expect(new URL(path, "https://trihelm.example/sign-in").origin).toBe("https://trihelm.example");
    expect(path.startsWith("//")).toBe(false);
  });

  test("whatever is asked, the answer stays here", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      ".",
      "..",
      "%2f",
      "evil.example",
      "https:",
      "\t",
      "\n",
      "@",
      "?",
      "#",
      "a",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((parts) => parts.join("")),
        ),
        (next) => {
          expect(new URL(nextPath(next), "https://trihelm.example/sign-in").origin).toBe("https://trihelm.example");
        },
      ),
    );
  });

  test("it does not lead back to signing in, nor to the API", () => {
    for (const next of [
      "/sign-in",
      "/sign-in?next=/sign-in",
      "/sign-in/done",
      "/setup",
      "/api/v1/services",
      "/x/../api",
    ])
      expect(nextPath(next)).toBe("/");
    expect(nextPath("/setups")).toBe("/setups");
  });
});

test("signInPath leads back, and says nothing of the overview", () => {
  expect(signInPath("/")).toBe("/sign-in");
  expect(signInPath("/logs?q=a&b=c")).toBe("/sign-in?next=%2Flogs%3Fq%3Da%26b%3Dc");
});
