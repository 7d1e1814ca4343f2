import { defineConfig } from "@playwright/test";
import { browserTests } from "../browser.ts";
import { url } from "./image-setup.ts";

/** The image: built, run confined, and walked in a browser. */
export default defineConfig({
  ...browserTests,
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../test-results/image",
  globalSetup: "./image-setup.ts",
  use: { ...browserTests.use, baseURL: url },
});
