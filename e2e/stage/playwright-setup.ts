import { closeStage, openStage } from "./stage.ts";

/** Runs before all browser tests; what it gives runs after them. */
export default async function playwrightSetup(): Promise<() => Promise<void>> {
  await openStage();
  return closeStage;
}
