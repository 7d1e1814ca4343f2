/** Reads along with logs where a code may be. */
import { looked } from "./attention.ts";

/** Resolves when every log that is read along with has been read up to now, or after a moment. */
export async function allRead(): Promise<void> {
  looked();
}
