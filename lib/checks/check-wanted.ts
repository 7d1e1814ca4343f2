/** Is what somebody wants to have checked something that can be? What the shapes alone do not tell. */
import http from "node:http";
import { checkCron } from "#lib/backups/plans/cron.ts";
import { compilePattern } from "#lib/logs/pattern.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { MASK } from "#lib/services/mask.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { isExecSource } from "#lib/supervisors/volumes.ts";
import type { HttpConfig } from "./probe-http.ts";
import { refuseAddress } from "./reach.ts";
import type { NewCheck } from "./shapes.ts";

const MOST_HEADERS = 50;
/** the connection's own */
const KEPT_HEADERS = new Set([
  "connection",
  "content-length",
  "expect",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Throws AppError `validation` that names the field and says what to do. */
export function checkWanted(wanted: NewCheck): void {
  if (wanted.service !== null && !snapshot().service(wanted.service))
    throw invalid("service", "there is no service of this id. GET /api/v1/services?all=1 lists them");
  switch (wanted.kind) {
    case "http":
      checkHttp(wanted.config);
      break;
    case "tcp":
      checkHost("config.host", wanted.config.host);
      break;
    case "command":
      checkCommand(wanted.service, wanted.config);
      break;
    case "silent":
      if (wanted.config.matching !== null) checkPattern("config.matching", wanted.config.matching);
      break;
    case "prints":
      checkPattern("config.pattern", wanted.config.pattern);
      break;
    case "heartbeat":
      if (wanted.config.cron !== null)
        renamed(
          () => checkCron(wanted.config.cron!, wanted.config.timezone),
          (path) => `config.${path}`,
        );
  }
}

/** Throws AppError `validation`. */
export function invalid(path: string, message: string): AppError {
  return new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}

function checkHttp({ url, method, contains, expect, headers }: HttpConfig): void {
  const { hostname, username, password } = new URL(url);
  if (username !== "" || password !== "")
    throw invalid("config.url", "holds a user or a password. Send them in a header: Authorization");
  checkHost("config.url", hostname);
  if (method === "HEAD" && contains !== null)
    throw invalid("config.contains", "an answer to HEAD holds nothing. Use GET");
  for (const part of expect.split(",")) {
    const [from = "", to] = part.split("-");
    if (to !== undefined && Number(from.replaceAll("x", "0")) > Number(to.replaceAll("x", "9")))
      throw invalid("config.expect", `${part} is no range: begin with the smaller number`);
  }
  const names = Object.keys(headers);
  if (names.length > MOST_HEADERS) throw invalid("config.headers", `${MOST_HEADERS} headers are the most`);
  for (const [name, value] of Object.entries(headers)) {
    if (KEPT_HEADERS.has(name.toLowerCase())) throw invalid("config.headers", `${name} is the connection's own`);
    // one that was sent back as it was shown is known already
    if (value === MASK) continue;
    try {
      http.validateHeaderName(name);
      http.validateHeaderValue(name, value);
    } catch (error) {
      throw invalid("config.headers", messageOf(error));
    }
  }
}

function checkHost(path: string, host: string): void {
  // a name, an address, or one in brackets
  if (!/^[\p{L}\p{N}._:[\]%-]+$/u.test(host)) throw invalid(path, "is no name and no address of a machine");
  try {
    refuseAddress(host);
  } catch (error) {
    throw invalid(path, messageOf(error));
  }
}

function checkCommand(service: string | null, { command, inside }: { command: string[]; inside: boolean }): void {
  if (command.some((word) => word.includes("\0"))) throw invalid("config.command", "a word cannot hold a NUL");
  if (command[0]!.trim() === "") throw invalid("config.command", "begins with the program to run");
  if (!inside) return;
  if (service === null) throw invalid("service", "is needed: the command runs inside it");
  const source = snapshot().find(service)?.source;
  if (!source || !isExecSource(source))
    throw invalid("config.inside", "only a container's engine runs commands inside services. Run it on the host");
}

function checkPattern(path: string, pattern: string): void {
  renamed(
    () => {
      if (compilePattern(pattern).test("")) throw invalid("regex", "it fits an empty line, and so every line");
    },
    () => path,
  );
}

/** Names the field as it is named here. */
function renamed(check: () => void, name: (path: string) => string): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "validation") throw error;
    const [problem] = error.problems;
    throw problem ? invalid(name(problem.path), problem.message) : error;
  }
}
