import manifest from "../../package.json" with { type: "json" };

/** What makes archives, as it stands in each. */
export const TOOL = { name: "trihelm", version: manifest.version };
