/**
 * The one Trusted Types policy of the pages, in force before anything is drawn. Script may come from this build's own
 * files, and no string becomes markup: what a bundler's loader and the renderer need passes, everything else throws.
 */
const PUSH_WORKER = "/push-worker.js";
const EMPTY_SCRIPT = "<script></script>";

interface PolicyFactory {
  createPolicy: (name: string, rules: Record<string, (text: string) => string>) => unknown;
}

(window as { trustedTypes?: PolicyFactory }).trustedTypes?.createPolicy("default", {
  createScriptURL: (text) => {
    const url = new URL(text, document.baseURI);
    const isOurs = url.pathname.startsWith("/_next/static/") || url.pathname === PUSH_WORKER;
    if (url.origin === location.origin && isOurs) return text;
    throw new TypeError(`No script is loaded from ${url.origin}${url.pathname}`);
  },
  // how the renderer makes a script element that does not run
  createHTML: (text) => {
    if (text === EMPTY_SCRIPT) return text;
    throw new TypeError("No text becomes markup here");
  },
});
