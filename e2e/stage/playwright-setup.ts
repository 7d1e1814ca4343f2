import { closeStage, openStage, untilReady } from "./stage.ts";

/** Runs before all browser tests; what it gives runs after them. */
export default async function playwrightSetup(): Promise<() => Promise<void>> {
  if (process.env.TRIHELM_TEST_STAGE === "kept") {
    await untilReady();
    return async () => undefined;
  }
  await openStage();
  return closeStage;
}
