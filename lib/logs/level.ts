/**
 * The level of a line: what the journal says, else what its fields say (pino, bunyan, winston, zap, slog, logfmt), else the
 * prefix that a known format has (klog, Python, nginx, log4j, syslog), else a word in capitals or the first plain word.
 */
import type { Fields } from "./fields.ts";
import type { LogLevel } from "./line.ts";

const NAMES = new Map<string, LogLevel>(
  Object.entries({
    trace: "trace trc silly finest",
    debug: "debug dbg dbug verbose fine",
    info: "info inf information informational notice http log note",
    warn: "warn warning wrn",
    error: "error err eror severe exception fail",
    fatal: "fatal ftl critical crit panic dpanic alert emerg emergency",
  }).flatMap(([level, names]) => names.split(" ").map((name) => [name, level as LogLevel])),
);
const KEYS = ["level", "severity", "lvl", "levelname", "log.level", "loglevel", "level_name", "@level", "l"];
const LETTERS: Record<string, LogLevel> = {
  ...{ I: "info", W: "warn", E: "error", F: "fatal", D: "debug", C: "fatal", T: "trace" },
};
/** how far into a line a level is looked for */
const HEAD = 240;
/** `I1121 12:00:00.000000       1 main.go:5]` */
const KLOG_LINE = /^([IWEFD])\d{4} \d\d:\d\d:\d\d/;
/** `2026-11-21 12:00:00,123 W slow`: Python's short form */
const LETTER_LINE = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)? ([IWEFDCT]) /;
/** as consola and signale begin a line */
const SIGNS: Record<string, LogLevel> = { ℹ: "info", "⚙": "debug", "⚠": "warn", "✖": "error" };
const SIGN = new RegExp(`^\\s*([${Object.keys(SIGNS).join("")}])`, "u");
/** a level between brackets, after a time, before a colon: where loggers put it and sentences do not */
const MARKED =
  /(?:^|[\s[(|<"'])(trace|trc|debug|dbg|dbug|verbose|info|inf|notice|warn(?:ing)?|wrn|err(?:or)?|severe|fatal|ftl|crit(?:ical)?|panic|alert|emerg)(?=[\])|>:]|\s*[:|]|\s+-)/i;
/** Apache's `[Sat Nov 21 12:00:00.123456 2026] [core:error]`, MySQL's and MariaDB's `0 [Note]`, PostgreSQL's `[1] LOG:  `, .NET's `fail: ` */
const OWN = /^\[[^\]]{20,35}\] \[\w*:(\w+)\]|^\S+(?:Z| \d\d:\d\d:\d\d) \d+ \[(\w+)\]|\] (LOG): {2}|^(fail): \S/;
const CAPITAL =
  /(?:^|[^A-Za-z0-9_])(TRACE|DEBUG|VERBOSE|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|SEVERE|FATAL|CRITICAL|PANIC|EMERG)(?![A-Za-z0-9_])/;
/** words of trouble in a sentence; `0 errors`, `no error`, `error_log` are none */
const TROUBLE =
  /(?:^|[^\w-])(?:(panic:|panicked at\b|fatal error|[Ss]egmentation fault|out of memory)|((?:uncaught|unhandled)\b|(?:\w*(?:Error|Exception))(?=:|\s+at\b|$)|Traceback \(most recent|failed\b|failure\b|cannot\b|refused\b)|(deprecat(?:ed|ion)\b|warning\b|\w+Warning(?=:)))/;
const FIRST_WORD = /^\W{0,3}(trace|debug|info|notice|warn(?:ing)?|error|fatal|critical|panic)\b/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours stand around levels
const COLOUR = /\x1b\[[0-9;:]*m/g;

/** syslog's priority as a level: `notice` is worth no more than `info`. */
function levelOfPriority(priority: number): LogLevel {
  if (priority <= 2) return "fatal";
  if (priority === 3) return "error";
  if (priority === 4) return "warn";
  return priority === 7 ? "debug" : "info";
}

export interface LevelEvidence {
  text: string;
  fields: Fields | null;
  priority: number | null;
}

/** null: nothing in it tells. */
export function levelOf({ text, fields, priority }: LevelEvidence): LogLevel | null {
  const told = fields ? levelOfFields(fields) : null;
  if (told) return told;
  // `info` is what journald gives to everything that a program prints: the line itself may know better
  if (priority !== null && priority !== 6) return levelOfPriority(priority);
  const words = fields ? null : levelOfWords(text);
  return words ?? (priority === null ? null : levelOfPriority(priority));
}

function levelOfFields(fields: Fields): LogLevel | null {
  for (const key of KEYS) {
    const value = fields[key];
    if (typeof value === "string") {
      const known =
        NAMES.get(value.trim().toLowerCase()) ?? (/^\d{1,2}$/.test(value) ? levelOfNumber(Number(value)) : null);
      if (known) return known;
    }
    if (typeof value === "number") return levelOfNumber(value);
  }
  // MongoDB has letters as klog does
  if (typeof fields.s === "string" && fields.t !== undefined) return LETTERS[fields.s.slice(0, 1)] ?? null;
  const { log, context } = fields;
  if (isObject(log)) return levelOfFields(log);
  // roarr's; other loggers put anything into a context
  return isObject(context) && typeof context.logLevel === "number" ? levelOfNumber(context.logLevel) : null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** pino and bunyan count from 10 to 60; below stand syslog's numbers. */
function levelOfNumber(value: number): LogLevel | null {
  if (!Number.isFinite(value) || value < 0) return null;
  if (value < 8) return levelOfPriority(Math.floor(value));
  const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
  return levels[Math.min(5, Math.max(0, Math.round(value / 10) - 1))] ?? null;
}

function levelOfWords(text: string): LogLevel | null {
  let head = text.length > HEAD ? text.slice(0, HEAD) : text;
  if (head.includes("\x1b")) head = head.replace(COLOUR, "");
  const letter = KLOG_LINE.exec(head) ?? LETTER_LINE.exec(head);
  if (letter) return LETTERS[letter[1]!]!;
  const own = OWN.exec(head);
  const word = own && NAMES.get((own[1] ?? own[2] ?? own[3] ?? own[4] ?? "").toLowerCase());
  if (word) return word;
  const found = CAPITAL.exec(head) ?? MARKED.exec(head);
  if (found) return NAMES.get(found[1]!.toLowerCase()) ?? null;
  const first = FIRST_WORD.exec(head)?.[1];
  const sign = SIGN.exec(head);
  if (sign && !first) return SIGNS[sign[1]!]!;
  const trouble = TROUBLE.exec(head);
  if (trouble) return trouble[1] ? "fatal" : trouble[2] ? "error" : "warn";
  return (first && NAMES.get(first.toLowerCase())) || null;
}
