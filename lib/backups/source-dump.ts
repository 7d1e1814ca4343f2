/** A database in a container, as it writes itself out while it runs: after an administrator has allowed that command. */

import { AppError } from "#lib/platform/errors.ts";
import type { ServiceRecord, Supervisor } from "#lib/supervisors/supervisor.ts";
import { type ExecSource, isExecSource } from "#lib/supervisors/volumes.ts";
import { dumpAllowed } from "./consent.ts";
import { type DumpProfile, profileOf } from "./databases.ts";
import { lastWords } from "./last-words.ts";
import type { Source } from "./shapes.ts";
import { written } from "./source-files.ts";
import { sourceKeyOf } from "./source-key.ts";
import type { ResolvedSource } from "./sources.ts";

export async function resolveDump(
  source: Extract<Source, { service: string }>,
  { supervisor, record }: { supervisor: Supervisor; record: ServiceRecord },
): Promise<ResolvedSource> {
  const profile = profileOf(record.source);
  if (!profile || !isExecSource(supervisor))
    throw new AppError(
      "validation",
      `${record.name} is a container: back up its volumes, its folders or its stack. Only databases that Trihelm knows can be dumped`,
    );
  if (!(await dumpAllowed(source.service, profile)))
    throw new AppError(
      "conflict",
      `A dump runs a command inside ${record.name}: an administrator has to allow that first`,
    );
  if (record.state !== "running")
    throw new AppError("conflict", `${record.name} is not running: a dump takes its database's own help`);
  const open = async (signal: AbortSignal) => dumpOf(supervisor, record.name, profile, signal);
  return {
    source: { service: source.service },
    key: sourceKeyOf(source),
    title: `${record.name} dump`,
    host: supervisor.host,
    roots: [
      {
        prefix: "",
        from: { kind: "made", files: [{ path: profile.file, mode: 0o600, data: open }] },
        include: [],
        exclude: [],
        databases: "as-files",
      },
    ],
    // it goes on while it is dumped
    users: [],
    volumes: [],
    size: null,
    context: { kind: "dump", database: profile.kind, name: record.name, image: record.source },
  };
}

/** Its output as it comes; fails where the command fails, so that half a dump is never a backup. */
function dumpOf(supervisor: ExecSource, name: string, { argv, title }: DumpProfile, signal: AbortSignal) {
  return written(async (write) => {
    let bytes = 0;
    const onOutput = async (chunk: Uint8Array) => {
      bytes += chunk.length;
      await write(chunk);
    };
    const { exitCode, stderr } = await supervisor.exec(name, { argv, user: null, onOutput }, signal);
    const why = lastWords(stderr, argv);
    if (exitCode !== 0)
      throw new AppError("action_failed", `${title} ended its dump with ${exitCode}${why ? `: ${why}` : ""}`);
    if (bytes === 0) throw new AppError("action_failed", `${title} dumped nothing`);
  });
}
