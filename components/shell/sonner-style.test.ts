import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";

test("the policy allows exactly the style that sonner makes", () => {
  const root = path.dirname(path.dirname(import.meta.dirname));
  const source = fs.readFileSync(
    createRequire(import.meta.url)
      .resolve("sonner")
      .replace(/\.js$/, ".mjs"),
    "utf8",
  );
  const made = [...source.matchAll(/^__insertCSS\(("(?:[^"\\]|\\.)*")\)/gm)].map(
    ([, text]) => JSON.parse(text!) as string,
  );
  const allowed = fs.readFileSync(path.join(root, "lib/platform/browser-policy.ts"), "utf8").match(/sha256-[\w+/]+=*/g);
  expect(allowed).toEqual(["", ...made].map((text) => `sha256-${createHash("sha256").update(text).digest("base64")}`));
  expect(made).toHaveLength(1);
});
