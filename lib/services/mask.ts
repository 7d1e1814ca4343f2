/** Finds what must not be shown: by the name it is kept under, by its look, and by being equal to a known secret. */

export const MASK = "••••••";

const NAME =
  /pass(word|wd|phrase)?|secret|token|credential|private|basic_?auth|htpasswd|mnemonic|(^|[_-])(api|access|auth|encryption|signing|session|jwt|master|service|ssh|deploy|client)?_?-?key($|[_-])|key$(?<=[_-]key)|(^|[_-])(pw|pwd|pat|sid|salt|otp|cookie|auth|dsn|hmac|seed)($|[_-])|connection_?string|webhook/i;
const HARMLESS = /(^|[_-])(public|primary|foreign|sort|partition|cache)[_-]?key$/i;

// the password of `://user:password@`, what stands there alone when it is long, hashed passwords, and the tokens whose makers
// gave them a shape of their own
const LOOKS: [RegExp, string][] = [
  [/([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:)[^\s/@"']+(@)/gi, `$1${MASK}$2`],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/:@"'?]{16,}(@)/gi, `$1${MASK}$2`],
  [/(\s-u\s+|--user[\s=])([^\s:"']+:)(?!\d+(?:\s|$))[^\s"']+/g, `$1$2${MASK}`],
  [/\$(?:apr1|y|[56]|2[abxy]?|argon2\w*|scrypt)\$[^\s"',:]+|\{SHA\}[A-Za-z0-9+/=]{20,}/g, MASK],
  [
    /\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|sk-[A-Za-z0-9_-]{16,}|xox[abpr]-[\w-]{10,}|AKIA[0-9A-Z]{16}|trh_\w{16,})/g,
    MASK,
  ],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
  [/\b(bearer|basic)\s+[\w.~+/=-]{12,}/gi, `$1 ${MASK}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
];
/** values that occur by chance in everything: under a secret's name they go, elsewhere they stay */
const TRIVIAL = /^(.{0,3}|true|false|none|null|default|\d{1,5})$/i;

/** True when a variable, property, label or option of this name holds a secret more often than not. */
export function isSecretName(name: string): boolean {
  const plain = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[./:]+/g, "_");
  return NAME.test(plain) && !HARMLESS.test(plain);
}

/** Text with secrets masked: known shapes, `NAME=value` and `--name value` with a secret's name, and every known secret of 4 signs or more. */
export function maskText(text: string, secrets: readonly string[]): string {
  let out = text;
  for (const secret of secrets)
    if (!TRIVIAL.test(secret)) for (const written of spellingsOf(secret)) out = out.split(written).join(MASK);
  for (const [look, mask] of LOOKS) out = out.replace(look, mask);
  return maskOptions(maskAssignments(out));
}

/** A whole structure masked: values under a secret's name or behind a secret's option go, all other text as in `maskText`. */
export function maskSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return maskText(value, secrets);
  if (Array.isArray(value)) return maskList(value, (item) => maskSecrets(item, secrets));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretName(name) && (typeof inner === "string" || typeof inner === "number")
        ? MASK
        : maskSecrets(inner, secrets),
    ]),
  );
}

/** Arguments of a command, or any list that may be one: `--password`, `x` hides what follows the option. */
export function maskList<T>(list: readonly T[], mask: (item: T) => unknown): unknown[] {
  return list.map((item, index) => {
    const before = list[index - 1];
    if (typeof item !== "string" || typeof before !== "string" || item.startsWith("-")) return mask(item);
    if (isSecretOption(before)) return MASK;
    return /^(-u|--user)$/.test(before) && !/^\d+:\d+$/.test(item) ? item.replace(/:.*/s, `:${MASK}`) : mask(item);
  });
}

/** Every value that stands under a secret's name or behind a secret's option, to be masked wherever else it recurs. */
export function secretsIn(value: unknown): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      typeof item === "string" && isSecretOption(value[index - 1]) && !item.startsWith("-") ? [item] : secretsIn(item),
    );
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "string" && isSecretName(name) ? [inner] : secretsIn(inner),
  );
}

function isSecretOption(word: unknown): boolean {
  return typeof word === "string" && /^--?[A-Za-z][\w.-]*$/.test(word) && isSecretName(word);
}

/** As it is, as a URL writes it, and as JSON does. */
function spellingsOf(secret: string): Set<string> {
  // a lone surrogate cannot stand in a URL
  const inUrl = secret.isWellFormed() ? encodeURIComponent(secret) : secret;
  return new Set([secret, inUrl, JSON.stringify(secret).slice(1, -1)]);
}

const OPTION = /(?<=^|\s)(--?[A-Za-z][\w.-]*)(\s+)("(?:\\.|[^"\\\n])*"|'[^'\n]*'|[^\s"'-][^\s"']*)/g;

function maskOptions(text: string): string {
  return text.replace(OPTION, (whole, name: string, gap: string) =>
    isSecretName(name) ? `${name}${gap}${MASK}` : whole,
  );
}

const ASSIGNMENT = /(["']?)([A-Za-z_][\w.-]*)(["']?)(\s*[=:]\s*)("(?:\\.|[^"\\\n])*"|'[^'\n]*'|[^\s"']+)/g;

function maskAssignments(text: string): string {
  return text.replace(ASSIGNMENT, (_, open: string, name: string, close: string, sign: string, value: string) => {
    const quote = /^["']/.test(value) ? value.charAt(0) : "";
    const inner = quote ? value.slice(1, -1) : value;
    const shown = isSecretName(name)
      ? MASK
      : quote
        ? maskQuoted(inner)
        : /[=:]/.test(inner)
          ? maskAssignments(inner)
          : inner;
    return `${open}${name}${close}${sign}${quote}${shown}${quote}`;
  });
}

/** `Environment="A=1 PASSWORD=two words"`: what is quoted holds assignments of its own, and a secret goes on to its end. */
function maskQuoted(inner: string): string {
  for (const { 0: whole, 1: name = "", index } of inner.matchAll(/([A-Za-z_][\w.-]*)\s*[=:]\s*/g))
    if (isSecretName(name)) return maskAssignments(inner.slice(0, index)) + whole + MASK;
  return maskAssignments(inner);
}
