/** Log lines of one container. */
import { type LogQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import type { Containers } from "./containers.ts";

interface Request {
  name: string;
  query: LogQuery;
  signal: AbortSignal;
}

export function readLogs(_engine: Engine, _containers: Containers, _request: Request): AsyncIterable<LogRecord> {
  throw new SupervisorError("unsupported", "Logs of containers cannot be read yet");
}
