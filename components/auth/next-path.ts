const NOT_BACK_TO = /^\/(api|sign-in|setup)(\/|$)/;
// nobody's address: what it resolves to tells whether a path stays on its own server
const BASE = "http://trihelm.invalid";

/**
 * Where to go after signing in: the path that `next` names on this server, `/` for everything else. Addresses of other
 * servers (`//evil.example`, `/\evil.example`, `https:…`) never come out of here.
 */
export function nextPath(next: string | null | undefined): string {
  if (!next?.startsWith("/")) return "/";
  const url = URL.parse(next, BASE);
  if (url === null || url.origin !== BASE) return "/";
  const path = url.pathname.replace(/^\/+/, "/");
  return NOT_BACK_TO.test(path) ? "/" : `${path}${url.search}`;
}

/** The address of the sign-in page that leads back to `next`. */
export function signInPath(next: string): string {
  const path = nextPath(next);
  return path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`;
}
