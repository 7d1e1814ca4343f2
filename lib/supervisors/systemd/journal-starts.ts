/** When systemd last started a unit, from the journal: by hand and by itself alike, also before this process ran. */
import { run } from "#lib/platform/exec.ts";
import type { SessionOptions } from "./session.ts";

/** "Started …" and "Failed to start …": one of them ends each start that was tried. */
const STARTED = "39f53479d3a045ac8e11786248231fbf";
const START_FAILED = "be02cf6855d2428ba40df7e9d022f03d";
const MOST = 500;

/** Times in milliseconds since the epoch, oldest first. Empty where the journal cannot be read or holds nothing of it. */
export async function readStarts(
  name: string,
  mode: SessionOptions["mode"],
  since: number,
  signal?: AbortSignal,
): Promise<number[]> {
  const field = mode === "user" ? `USER_UNIT=${name}` : `UNIT=${name}`;
  const matches = [field, `MESSAGE_ID=${STARTED}`, `MESSAGE_ID=${START_FAILED}`];
  const range = [`--since=@${(since / 1000).toFixed(3)}`, `--lines=${MOST}`];
  const args = ["-o", "json", "-q", "--output-fields=MESSAGE_ID", ...range, ...matches];
  try {
    const { stdout } = await run("journalctl", args, { timeout: 5, ...(signal ? { signal } : {}) });
    return parseStarts(stdout);
  } catch {
    // no journalctl, or none that answers: what this process has seen itself must do
    return [];
  }
}

export function parseStarts(output: string): number[] {
  const times: number[] = [];
  for (const line of output.split("\n")) {
    const time = /"__REALTIME_TIMESTAMP"\s*:\s*"(\d+)"/.exec(line)?.[1];
    if (time) times.push(Number(time) / 1000);
  }
  return times.sort((a, b) => a - b);
}
