import { AppError } from "#lib/platform/errors.ts";
import { run } from "#lib/platform/exec.ts";
import { singleton } from "#lib/platform/singleton.ts";

const AGAIN = 60_000;

/** Which restic is installed, `0.14.0`; null: none, and nobody is offered it. Looked for once a minute at most. */
export async function resticVersion(): Promise<string | null> {
  const known = singleton("restic-version", () => ({ at: Number.NEGATIVE_INFINITY, version: null as string | null }));
  if (performance.now() - known.at < AGAIN) return known.version;
  known.version = await ask();
  known.at = performance.now();
  return known.version;
}

export async function hasRestic(): Promise<boolean> {
  return (await resticVersion()) !== null;
}

async function ask(): Promise<string | null> {
  try {
    const { stdout, exitCode } = await run("restic", ["version"], { timeout: 10 });
    return exitCode === 0 ? (/^restic (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null) : null;
  } catch (error) {
    // not there, or not to be run by us: both mean that it is not offered
    if (error instanceof AppError) return null;
    throw error;
  }
}
