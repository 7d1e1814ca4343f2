/** What is left where no other sign is known: the error that nothing caught, or that it printed nothing at all. */
import { type End, lastMatch, quoted, type Sign, told } from "./sign.ts";

const ERRORS = [
  // Node and Python end with the error's name; Python's may be qualified
  /^(?:Uncaught )?((?:[A-Za-z_][\w.]{0,80})?(?:Error|Exception|Exit|Interrupt)(?: \[[A-Z_]{1,60}\])?: .{1,300})$/,
  /^(panic: .{1,300})$/,
  /^Exception in thread "[^"]{1,80}" (.{1,300})$/,
  /^thread '[^']{1,80}' (panicked at .{1,300})$/,
  /^PHP (Fatal error: {1,2}.{1,300})$/,
];
/** what stands behind such an error and belongs to it: where it was, and what else is known of it */
const BEHIND =
  /^(?:\s|$|[{}\])]|Node\.js v|Emitted |Require stack:|- |goroutine |created by |exit status |npm |\S{1,200}\()/;
const TRACE = /^(?:Traceback \(most recent call last\):|node:internal\/|goroutine \d)/;
/** what systemd itself says of a unit is no word of its program */
const MANAGER = /^(?:\S{1,255}\.service: |Start(?:ed|ing) |Stopp(?:ed|ing) |Failed to start |Scheduled restart job)/;

/** Only where the program ended itself, and with this: an error that it merely told of is followed by other lines. */
export function uncaught({ lines, signal }: End): Sign | null {
  const match = signal === null ? lastMatch(lines, ERRORS) : null;
  if (!match) return null;
  const isLast = lines.slice(match.line + 1).every(({ text }) => BEHIND.test(text) || MANAGER.test(text));
  if (!isLast) return null;
  const error = match.found[1]!;
  const hasTrace = lines.some(({ text }) => TRACE.test(text) || /^\s+at \S/.test(text));
  return {
    signature: "uncaught-error",
    line: match.line,
    explain: () =>
      told("An error that nothing caught", `It ended with ${quoted(error)}.`, {
        next: hasTrace ? "The lines around it say where in the program." : null,
      }),
  };
}

/** Only of what ran: an end that has neither code nor signal is none of a program's. */
export function silent({ lines, isRead, event, supervisor, code, signal }: End): Sign | null {
  if (!isRead || event === "unhealthy" || event === "unstarted" || (code === null && signal === null)) return null;
  const own = supervisor === "systemd" ? lines.filter(({ text }) => !MANAGER.test(text)) : lines;
  if (own.length > 0) return null;
  return {
    signature: "silent",
    line: null,
    explain: () =>
      told(
        "It ended before it printed anything",
        "Its log has no line of this run: it ended too early to say why, or logs to a place of its own.",
        {
          next: "Run its command by hand as the user of the service, or turn its own logging up.",
        },
      ),
  };
}
