/** A command inside a running container, its output as it comes. */
import { SupervisorError } from "../supervisor.ts";
import type { ExecSource } from "../volumes.ts";
import type { Engine } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { checkName, containerPath } from "./names.ts";

const ID = /^[a-f0-9]{12,64}$/;
const HEADER = 8;
const STDERR = 2;
/** bytes of standard error that are kept */
const KEPT = 64 * 1024;
/** seconds to accept a command */
const PATIENCE = 30;

export function execOf(engine: Engine, containers: Containers): ExecSource["exec"] {
  return async (name, command, signal) => {
    checkName(name);
    if (command.argv.length === 0 || command.argv.some((word) => word.includes("\0")))
      throw new SupervisorError("refused", "A command is a list of words");
    const { id } = await containers.find(name, signal);
    const exec = await create(engine, id, command, signal);
    const body = { Detach: false, Tty: false };
    const stream = await engine.stream(`/exec/${exec}/start`, {}, signal, body);
    let stderr = "";
    for await (const { isError, data } of frames(stream)) {
      if (isError) stderr = (stderr + data.toString("utf8")).slice(-KEPT);
      else await command.onOutput?.(data);
    }
    const { ExitCode: exitCode } = await engine.get<{ ExitCode?: number | null }>(`/exec/${exec}/json`, {}, signal);
    if (typeof exitCode !== "number")
      throw new SupervisorError("refused", `The engine does not say how the command in ${name} ended`);
    return { exitCode, stderr };
  };
}

async function create(
  engine: Engine,
  container: string,
  { argv, user }: Parameters<ExecSource["exec"]>[1],
  signal: AbortSignal,
): Promise<string> {
  const path = containerPath(container, "exec");
  const body = { AttachStdout: true, AttachStderr: true, Cmd: argv, ...(user === null ? {} : { User: user }) };
  const { Id = "" } = await engine.send<{ Id?: string }>({ method: "POST", path, body, seconds: PATIENCE, signal });
  if (!ID.test(Id)) throw new SupervisorError("refused", "The engine gave a command an id of an unknown shape");
  return Id;
}

/** The engine's frames, cut as they come: one of a dump may be larger than what should be held. */
async function* frames(stream: AsyncIterable<Buffer>): AsyncGenerator<{ isError: boolean; data: Buffer }> {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let isError = false;
  for await (const chunk of stream) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      if (left === 0) {
        if (rest.length < HEADER) break;
        isError = rest[0] === STDERR;
        left = rest.readUInt32BE(4);
        rest = rest.subarray(HEADER);
        continue;
      }
      if (rest.length === 0) break;
      const data = rest.subarray(0, left);
      left -= data.length;
      rest = rest.subarray(data.length);
      yield { isError, data };
    }
  }
  if (left > 0 || rest.length > 0) throw new SupervisorError("refused", "The command's output ends in the middle");
}
