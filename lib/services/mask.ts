/** Finds what must not be shown: by the name it is kept under, by its look, and by being equal to a known secret. */

export const MASK = "••••••";

const NAME =
  /pass(word|wd|phrase)?|secret|token|credential|private|(^|[_-])(api|access|auth|encryption|signing|session|jwt|master|service|ssh|deploy|client)?_?-?key($|[_-])|(^|[_-])(pw|pwd|pat|sid|salt|otp|cookie|auth|dsn)($|[_-])|connection_?string|webhook/i;

// `://user:password@`: the password; and the tokens whose makers gave them a shape of their own
const LOOKS: [RegExp, string][] = [
  [/([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:)[^\s/@"']+(@)/gi, `$1${MASK}$2`],
  [
    /\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|sk-[A-Za-z0-9_-]{16,}|xox[abpr]-[\w-]{10,}|AKIA[0-9A-Z]{16}|trh_\w{16,})/g,
    MASK,
  ],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
  [/\b(bearer|basic)\s+[\w.~+/=-]{12,}/gi, `$1 ${MASK}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
];

/** True when a variable, property, label or option of this name holds a secret more often than not. */
export function isSecretName(name: string): boolean {
  return NAME.test(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

/** Text with secrets masked: known shapes, `NAME=value` with a secret's name, and every known secret of 4 signs or more. */
export function maskText(text: string, secrets: readonly string[]): string {
  let out = text;
  for (const secret of secrets) if (secret.length >= 4) out = out.split(secret).join(MASK);
  for (const [look, mask] of LOOKS) out = out.replace(look, mask);
  return maskAssignments(out);
}

/** A whole structure masked: values under a secret's name go, all other text as in `maskText`. */
export function maskSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return maskText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, secrets));
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

const ASSIGNMENT = /(["']?)([A-Za-z_][\w.-]*)(["']?)(\s*[=:]\s*)("[^"\n]*"|'[^'\n]*'|[^\s"']+)/g;

function maskAssignments(text: string): string {
  return text.replace(ASSIGNMENT, (_, open: string, name: string, close: string, sign: string, value: string) => {
    const quote = /^["']/.test(value) ? value.charAt(0) : "";
    const inner = quote ? value.slice(1, -1) : value;
    // `Environment="A=1 PASSWORD=2"`: the value holds assignments of its own
    const shown = isSecretName(name)
      ? MASK
      : inner.length < value.length || /[=:]/.test(inner)
        ? maskAssignments(inner)
        : inner;
    return `${open}${name}${close}${sign}${quote}${shown}${quote}`;
  });
}
