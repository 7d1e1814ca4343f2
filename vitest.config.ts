import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { ensureClient } from "./scripts/build.mjs";

ensureClient((line) => process.stderr.write(`${line}\n`));

// A zone half an hour off, with a half-hour summer time: whatever assumes UTC or whole hours fails here.
process.env.TZ = "Australia/Lord_Howe";

const INTEGRATION = "**/*.integration.test.ts";
const SYSTEMD = [
  "lib/supervisors/systemd/**/*.integration.test.ts",
  "lib/services/causes/*.integration.test.ts",
  "lib/alerts/*.integration.test.ts",
];
const API = "e2e/api/**/*.test.ts";

/** Real daemons and the real server are shared: one file at a time. Two at a time the engine is no faster. */
function project(name: string, include: string[], exclude: string[] = []): TestProjectInlineConfiguration {
  const test = {
    name,
    include,
    exclude: ["node_modules/**", ".next/**", ...exclude],
    fileParallelism: name === "unit",
    // a busy machine is slow, and no test is about that: what hangs is ended all the same
    testTimeout: 30_000,
  };
  return { extends: true, test: name === "api" ? { ...test, globalSetup: "e2e/stage/vitest-setup.ts" } : test };
}

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: `${import.meta.dirname}/` }] },
  test: {
    environment: "node",
    pool: "forks",
    projects: [
      project("unit", ["**/*.test.{ts,tsx}"], [INTEGRATION, API]),
      project("integration", [INTEGRATION], SYSTEMD),
      // inside the test host only, by `npm test systemd`
      project("systemd", SYSTEMD),
      project("api", [API]),
    ],
  },
});
