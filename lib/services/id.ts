/** `{host}/{scope}/{name}`, each segment percent-encoded: the one address of a service. */

/** made again and again for the same services */
const made = new Map<string, Map<string, string>>();
const MOST = 20_000;
let count = 0;

/** Joins the three parts into an id. */
export function serviceId(host: string, scope: string, name: string): string {
  const beginning = `${host}\0${scope}`;
  const known = made.get(beginning)?.get(name);
  if (known !== undefined) return known;
  if (count >= MOST) made.clear();
  count = made.size === 0 ? 1 : count + 1;
  const id = [host, scope, name].map(encodeURIComponent).join("/");
  const names = made.get(beginning) ?? new Map<string, string>();
  made.set(beginning, names.set(name, id));
  return id;
}

/** Takes an id apart; null when it is not one. */
export function parseServiceId(id: string): { host: string; scope: string; name: string } | null {
  const parts = id.split("/");
  if (parts.length !== 3 || parts.some((part) => part === "")) return null;
  try {
    const [host, scope, name] = parts.map(decodeURIComponent) as [string, string, string];
    return { host, scope, name };
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
