import { defineConfig } from "vitest/config";

// A zone half an hour off, with a half-hour summer time: whatever assumes UTC or whole hours fails here.
process.env.TZ = "Australia/Lord_Howe";

const everything = ["{lib,components,app,scripts,bench,e2e}/**/*.test.{ts,tsx,mjs}"];
const integration = ["**/*.integration.test.ts"];

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: `${import.meta.dirname}/` }] },
  test: {
    environment: "node",
    pool: "forks",
    projects: [
      { extends: true, test: { name: "unit", include: everything, exclude: integration } },
      // Real daemons are shared: one file at a time.
      {
        extends: true,
        test: { name: "integration", include: integration, exclude: ["node_modules/**"], fileParallelism: false },
      },
    ],
  },
});
