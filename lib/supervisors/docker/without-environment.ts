/** The engine's own properties without the environment, wherever they repeat it (Podman's create command does). */

const LEFT_OUT = "…";
const TELLING = /pass|secret|token|key|auth|cred|private|dsn|url|uri|cookie|salt/i;
/** shorter values occur by chance in everything */
const SHORTEST = 6;

/** A copy with `Config.Env` gone, and in every text the pairs of it and the values of names that sound like secrets. */
export function withoutEnvironment(
  raw: object,
  environment: readonly { name: string; value: string }[],
): Record<string, unknown> {
  const hidden = new Map<string, string>();
  for (const { name, value } of environment) {
    if (value === "") continue;
    hidden.set(`${name}=${value}`, `${name}=${LEFT_OUT}`);
    if (value.length >= SHORTEST && TELLING.test(name)) hidden.set(value, LEFT_OUT);
  }
  // longest first: a value can be part of another
  const order = [...hidden].sort(([a], [b]) => b.length - a.length);
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return order.reduce((text, [from, to]) => text.replaceAll(from, to), value);
    if (Array.isArray(value)) return value.map(clean);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
  };
  const copy = clean(raw) as Record<string, unknown>;
  if (copy.Config && typeof copy.Config === "object") {
    const { Env: _left, ...config } = copy.Config as Record<string, unknown>;
    copy.Config = config;
  }
  return copy;
}
