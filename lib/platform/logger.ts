/** Structured logs on standard output: JSON lines, or readable text on a terminal. Secrets never go in. */
import pino, { type Logger } from "pino";
import pretty from "pino-pretty";
import { singleton } from "./singleton.ts";

const REDACT = [
  "password",
  "token",
  "secret",
  "authorization",
  "cookie",
  "*.password",
  "*.token",
  "*.secret",
  "*.authorization",
  "*.cookie",
];

function root(): Logger {
  return singleton("logger", () => {
    const level = process.env.TRIHELM_LOG_LEVEL ?? "info";
    const options = { level: pino.levels.values[level] ? level : "info", redact: REDACT, base: undefined };
    // in-process, not as a pino transport: its worker file would be missing from the traced server
    return process.stdout.isTTY
      ? pino(options, pretty({ colorize: true, ignore: "hostname", translateTime: "SYS:HH:MM:ss.l", sync: true }))
      : pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime });
  });
}

/** The logger of a part, named so that its lines can be told apart. */
export function logger(part: string): Logger {
  return root().child({ part });
}
