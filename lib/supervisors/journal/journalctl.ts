/** journalctl as it is asked and as it answers: entries as they come, and errors in the contract's words. */
import { messageOf } from "#lib/platform/errors.ts";
import { run, stream } from "#lib/platform/exec.ts";
import { type BootRecord, SupervisorError } from "../supervisor.ts";
import { Entries, FIELDS } from "./entries.ts";
import type { Entry } from "./pieces.ts";

const FORMAT = ["--output=export", "--no-pager", `--output-fields=${FIELDS}`];
const BLIND = "not seeing messages from other users and the system";

export interface JournalPlace {
  /** arguments that choose a journal: none is the machine's */
  journal: readonly string[];
  /** fields that an entry has to have, `+` between alternatives */
  matches: readonly string[];
  /** process id of the manager whose word about a unit counts; null: any */
  manager: string | null;
}

/** Batches of entries as they come. Throws where it could not read; ends quietly when the signal aborts. */
export async function* readEntries(
  { journal, matches, manager }: JournalPlace,
  args: readonly string[],
  { signal, onChunk }: { signal: AbortSignal; onChunk?: (bytes: number) => void },
): AsyncGenerator<Entry[]> {
  if (signal.aborted) return;
  const output = stream("journalctl", [...FORMAT, ...journal, ...args, ...matches], signal);
  const entries = new Entries(manager);
  let any = false;
  try {
    for (;;) {
      const next = await output.next();
      if (next.done) {
        if (!signal.aborted) throwUnlessRead(next.value, any);
        return;
      }
      any = true;
      onChunk?.(next.value.length);
      const found = entries.push(next.value);
      if (found.length > 0) yield found;
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof SupervisorError) throw error;
    throw new SupervisorError("unreachable", `journalctl could not be read: ${messageOf(error)}`, { cause: error });
  } finally {
    await output.return({ exitCode: null, stderr: "" });
  }
}

/** Is there an entry of it that this process may read? */
export async function holdsAny({ journal, matches }: JournalPlace, signal: AbortSignal): Promise<boolean> {
  try {
    const { stdout } = await run("journalctl", ["-q", "-o", "cat", "-n", "1", ...journal, ...matches], {
      timeout: 5,
      signal,
    });
    return stdout !== "";
  } catch {
    // no journalctl, or none that answers
    signal.throwIfAborted();
    return false;
  }
}

/** The boots that the journal knows, newest first. */
export async function readBoots(signal: AbortSignal): Promise<BootRecord[]> {
  const { stdout, stderr, exitCode } = await run("journalctl", ["--list-boots", "--no-pager", "--utc"], { signal });
  throwUnlessRead({ exitCode, stderr }, stdout !== "");
  return parseBoots(stdout);
}

/** Lines such as ` -1 1f0e… Sat 2026-11-21 14:10:53 UTC Sat 2026-11-21 14:11:09 UTC`, a dash between the times in older versions. */
export function parseBoots(output: string): BootRecord[] {
  const time = "\\S{2,4} (\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d) UTC";
  const line = new RegExp(`^\\s*(-?\\d{1,6}) ([0-9a-f]{32}) ${time}(?: |—)${time}$`);
  const boots = output.split("\n").flatMap((text) => {
    const [, index, id, day, clock, lastDay, lastClock] = line.exec(text.trimEnd()) ?? [];
    if (!id) return [];
    // whole seconds: the last entry is somewhere in its second
    return [{ id, index: Number(index), from: `${day}T${clock}.000000Z`, to: `${lastDay}T${lastClock}.999999Z` }];
  });
  return boots.sort((a, b) => b.index - a.index);
}

function throwUnlessRead({ exitCode, stderr }: { exitCode: number | null; stderr: string }, any: boolean): void {
  if (!any && (stderr.includes(BLIND) || /insufficient permissions/i.test(stderr)))
    throw new SupervisorError(
      "denied",
      "The system's journal may not be read by this user: adding it to the group systemd-journal allows it",
    );
  const words = stderr.trim().split("\n").at(-1) ?? "";
  if (exitCode === null) throw new SupervisorError("unreachable", `journalctl did not run${words ? `: ${words}` : ""}`);
  if (exitCode !== 0 && !/no entries/i.test(words))
    throw new SupervisorError(
      /permission/i.test(words) ? "denied" : "refused",
      `journalctl: ${words || `exit ${exitCode}`}`,
    );
}
