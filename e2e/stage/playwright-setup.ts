import { closeStage, openStage, signInAll, untilReady } from "./stage.ts";

/** Runs before all browser tests; what it gives runs after them. */
export default async function playwrightSetup(): Promise<() => Promise<void>> {
  if (process.env.TRIHELM_TEST_STAGE === "kept") {
    await untilReady();
    await signInAll();
    return async () => undefined;
  }
  await openStage();
  await signInAll();
  return closeStage;
}
