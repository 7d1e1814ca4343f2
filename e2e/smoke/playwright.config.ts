import { defineConfig } from "@playwright/test";
import { browserTests } from "../browser.ts";
import { signedIn, url } from "./image-setup.ts";

/** The image: built, run confined, and walked in a browser, as the admin that its command line made. */
export default defineConfig({
  ...browserTests,
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../test-results/image",
  globalSetup: "./image-setup.ts",
  use: { ...browserTests.use, baseURL: url, storageState: signedIn },
});
