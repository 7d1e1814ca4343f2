import { defineConfig } from "@playwright/test";
import { browserTests } from "./e2e/browser.ts";
import { signedIn, url } from "./e2e/stage/stage.ts";

/** The pages against a real server on the test host. `TRIHELM_TEST_STAGE=kept` uses one that is up and leaves it up. */
export default defineConfig({
  ...browserTests,
  testDir: "e2e",
  testMatch: "*.spec.ts",
  testIgnore: "smoke/**",
  outputDir: "test-results/pages",
  globalSetup: "./e2e/stage/playwright-setup.ts",
  use: { ...browserTests.use, baseURL: url, storageState: signedIn("admin") },
});
