/** What a service prints when it is linked: the words of each kind's usual programs, and one more that an admin may add. */
import { compilePattern, type Pattern } from "#lib/logs/pattern.ts";
import { AppError } from "#lib/platform/errors.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Kind } from "./kind.ts";
import type { RelayPattern } from "./shapes.ts";
import { deletePatternRow, readPatternRow, readPatternRows, writePatternRow } from "./store.ts";

/** no line says so that is longer: a JSON line with a whole message in it may hold anything */
const LONGEST = 2000;

// plain words without anything that could be tried twice; spelled as their programs print them, in any case
const ANY =
  /\b(?:whatsapp client connected|client is ready|authenticated successfully|login successful|logged in successfully|successfully (?:logged in|linked|paired)|device (?:was )?linked|linked successfully)\b/i;
const WORDS: Record<Kind, RegExp> = {
  // Baileys: `pairing configured successfully, …` when the phone has scanned, `opened connection to WA` once it is in (`connected
  // to WA` comes before any code); bots on it print its `connection.update`. whatsapp-web.js: what its guide has everybody
  // print on `authenticated` and `ready`. whatsmeow: `Successfully paired …`, and its login event `success`
  whatsapp:
    /pairing configured successfully|opened connection to WA\b|\bconnection"?'?: ?["']?open\b|\bisNewLogin"?: ?true|\bclient is ready\b|\bclient is authenticated\b|^\W*authenticated\W*$|\bsuccessfully paired\b|\blogin event: success\b|\bwhatsapp (?:client |web |bot )?(?:is )?(?:connected|ready|linked)\b/i,
  // Telethon and GramJS: `Signed in successfully as …`; GramJS' examples: `You should now be connected.`
  telegram: /\bsigned in successfully\b|\byou should now be connected\b|\blogged in as\b|\blogin token accepted\b/i,
  // signal-cli link: `Associated with: +…`; its daemon and REST wrapper: `Linked new device`
  signal: /\bassociated with: ?\+?\d|\bsuccessfully (?:linked|associated)\b|\blinked new device\b/i,
  otpauth: /\b(?:two-factor|2fa|totp|mfa)\b.{0,40}\b(?:enabled|confirmed|verified|activated)\b/i,
  url: /\b(?:logged|signed) in (?:as|successfully)\b|\bauthori[sz]ation (?:complete|successful)\b/i,
  text: /\b(?:logged|signed) in (?:as|successfully)\b|\bconnection"?: ?"?open\b/i,
};

const EVERY = Object.values(WORDS);

// an expression that fits one of these would end every code at its next line
const ORDINARY = [
  "Listening on port 3000",
  '{"level":30,"time":1763730000000,"pid":12,"msg":"GET /health 200"}',
  "2026-11-21 12:00:00 INFO  worker: waiting for the phone, scan the code",
  "[12:00:00] ▄▄▄▄▄▄▄ █▀▀▀▀▀█ ██",
];

// what stands right before or behind the words and turns them round: `No device linked`, `device linked: false`, `ready to scan`
const DENIED =
  /(?:\b(?:no|not|never|none|without|until|unless|cannot|before|when|once|after|if|wait(?:ing)? (?:for|until))|n't)(?:[ -](?:a|any|the|is|was|be|yet|been|your|of)){0,2}[ "'-]*$/i;
const DENIES =
  /^["']?\s*[:=]\s*["']?(?:false|no|none|null|never|0|undefined)\b|^,? (?:to|for) (?:scan|pair|link|be)|^,? ?(?:please )?scan\b|^ (?:failed|not\b|yet\?)|^ ?\?/i;
const NEAR = 40;
/** what a program says of itself in any words; codes of the other kinds belong to programs whose users sign in by themselves */
const SAYS_ANY: ReadonlySet<Kind> = new Set(["whatsapp", "telegram", "signal"]);

const own = () => singleton("relay.patterns", () => new Map<string, Pattern>());

/** True when the line says that somebody has scanned. `kind`: of the code that it would be; null: of any. */
export function saysLinked(line: string, kind: Kind | null, service: string): boolean {
  const text = line.length > LONGEST ? line.slice(0, LONGEST) : line;
  const words = kind === null ? EVERY : [WORDS[kind]];
  const isAny = kind === null || SAYS_ANY.has(kind);
  return (
    (isAny ? [...words, ANY] : words).some((word) => says(text, word)) || (own().get(service)?.test(text) ?? false)
  );
}

function says(text: string, word: RegExp): boolean {
  for (let from = 0; from < text.length; ) {
    const found = word.exec(text.slice(from));
    if (!found) return false;
    const [begin, end] = [from + found.index, from + found.index + found[0].length];
    if (!DENIED.test(text.slice(Math.max(0, begin - NEAR), begin)) && !DENIES.test(text.slice(end, end + NEAR)))
      return true;
    from = end;
  }
  return false;
}

/** Takes in what was kept. Called once, before anything is followed. */
export async function loadPatterns(): Promise<void> {
  for (const { service, pattern } of await readPatternRows()) own().set(service, compilePattern(pattern));
}

export async function readPattern(service: string): Promise<RelayPattern> {
  const row = await readPatternRow(service);
  const { pattern = null, by = null, createdAt = null } = row ?? {};
  return { service, pattern, by, createdAt: createdAt?.toISOString() ?? null };
}

/** Throws `validation` with the engine's words, or for an expression that every line fits. */
export async function setPattern(service: string, pattern: string, by: string): Promise<RelayPattern> {
  const compiled = compiledAs(pattern);
  if (compiled.test("")) throw refused("it fits an empty line, and so every line");
  const fitting = ORDINARY.find((line) => compiled.test(line));
  if (fitting !== undefined) throw refused(`it fits lines that say nothing of a login, such as: ${fitting}`);
  await writePatternRow({ service, pattern, by });
  own().set(service, compiled);
  return readPattern(service);
}

/** Throws `not_found`. */
export async function removePattern(service: string): Promise<void> {
  if (!(await deletePatternRow(service))) throw new AppError("not_found", `${service} has no pattern of its own`);
  own().delete(service);
}

function compiledAs(pattern: string): Pattern {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (error instanceof AppError) throw refused(error.message.replace(/^regex: /, ""));
    throw error;
  }
}

function refused(message: string): AppError {
  return new AppError("validation", `pattern: ${message}`, { problems: [{ path: "pattern", message }] });
}
