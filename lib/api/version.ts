import manifest from "../../package.json" with { type: "json" };

/** This version of Trihelm. */
export function version(): string {
  return manifest.version;
}
