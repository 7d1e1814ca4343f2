/** `{host}/{scope}/{name}`, each segment percent-encoded: the one address of a service. */

/** Joins the three parts into an id. */
export function serviceId(host: string, scope: string, name: string): string {
  return [host, scope, name].map(encodeURIComponent).join("/");
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
