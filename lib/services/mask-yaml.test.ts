import { expect, test } from "vitest";
import { MASK } from "./mask.ts";
import { maskYaml } from "./mask-yaml.ts";

test("line by line where it is no YAML: to the end of a line, blocks and all; everything else stays", () => {
  const text = `services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: correct horse battery
      POSTGRES_USER: app user
      - SIGNING_KEY=a b c
      API_TOKEN: "\${API_TOKEN}"
      TLS_PRIVATE_KEY: |
        line one

        line two
      PORT: 5432
    secrets:
      - db_password
secrets:
  db_password:
    file: ./db_password.txt`;
  const masked = text
    .replace("correct horse battery", MASK)
    .replace("=a b c", `=${MASK}`)
    .replace("line one", MASK)
    .replace("line two", MASK);
  expect(maskYaml(text)).toBe(masked);
});

test.each([
  ["in braces, with and without spaces", "environment: {POSTGRES_PASSWORD: hunter22,PORT: 1, API_TOKEN: 'x}y', A: b}"],
  ["as JSON", '{"environment": {"POSTGRES_PASSWORD":"hunter22", "PORT": 1}}'],
  ["a quoted value over lines", 'environment:\n  DB_PASSWORD: "hunter22\n    and x}y\n    more"\n  PORT: 1'],
  ["a plain value over lines", "environment:\n  DB_PASSWORD: hunter22\n    and x}y more\n  PORT: 1"],
  [
    "a list of variables",
    "environment:\n  - 'DB_PASSWORD=hunter22 x}y'\n  - PORT=1\n  - \"A_SECRET=hunter22\n    x}y\"",
  ],
  ["a folded block", "environment:\n  DB_PASSWORD: >-\n    hunter22\n\n    x}y\n  PORT: 1"],
  ["no YAML at all", "environment: {\n  DB_PASSWORD: hunter22 x}y\n\tPORT: 1"],
  [
    "an anchor and what merges it",
    "x: &env\n  DB_PASSWORD: &p hunter22\nenvironment:\n  <<: *env\n  OTHER_SECRET: *p\n  PORT: 1",
  ],
  ["several documents", "DB_PASSWORD: hunter22\n---\nDB_PASSWORD: x}y\nPORT: 1"],
])("%s", (_, text) => {
  const masked = maskYaml(text);
  expect(masked).not.toContain("hunter22");
  expect(masked).not.toContain("x}y");
  expect(masked).toContain("PASSWORD");
  if (text.includes("PORT")) expect(masked).toMatch(/PORT(: |=)1|"PORT": 1/);
});

test("a reference stays, and so does what only looks like nesting without end", () => {
  const reference = `a: {API_TOKEN: \${API_TOKEN}}`;
  expect(maskYaml(reference)).toBe(reference);
  const deep = `${"[".repeat(100_000)}\nDB_PASSWORD: hunter22`;
  expect(maskYaml(deep)).not.toContain("hunter22");
});
