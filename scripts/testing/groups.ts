import path from "node:path";

export const root = path.dirname(path.dirname(import.meta.dirname));

/** What a group cannot do without, beyond the dependencies. */
export type Component = "root" | "build" | "docker" | "host" | "browser" | "debootstrap" | "archives";

export interface Group {
  name: string;
  /** what it shows, in a few words */
  says: string;
  needs: Component[];
  argv: string[];
  /** where its counts are: a tool's own report, or nothing, and the whole counts as one test */
  report?: "vitest" | "playwright";
}

const node = process.execPath;
const tool = (file: string) => path.join(root, "node_modules", file);
const vitest = [node, tool("vitest/vitest.mjs"), "run", "--project"];
const playwright = [node, tool("@playwright/test/cli.js"), "test"];

/** In the order of their cost, so that what is wrong is known early. */
export const GROUPS: Group[] = [
  { name: "lint", says: "formatting and lint", needs: [], argv: [tool(".bin/biome"), "check"] },
  {
    name: "types",
    says: "types",
    needs: [],
    argv: [node, tool("typescript/bin/tsc"), "--noEmit", "-p", "tsconfig.check.json"],
  },
  { name: "layers", says: "who may know whom", needs: [], argv: [node, "scripts/checks/layers.ts"] },
  { name: "house", says: "names, lengths, banned words", needs: [], argv: [node, "scripts/checks/house.ts"] },
  { name: "dead", says: "code that nothing uses", needs: [], argv: [node, tool("knip/bin/knip.js")] },
  { name: "unit", says: "units and the contract on the fake", needs: [], argv: [...vitest, "unit"], report: "vitest" },
  {
    name: "integration",
    says: "adapters against real Docker and PM2, backups against the tools that restore them",
    needs: ["root", "docker", "archives"],
    argv: [...vitest, "integration"],
    report: "vitest",
  },
  {
    name: "systemd",
    says: "the adapter against a real systemd, and real failures with their causes, on the test host",
    needs: ["root", "host", "docker"],
    argv: [node, "e2e/host/inside.ts", ...vitest, "systemd"],
    report: "vitest",
  },
  {
    name: "api",
    says: "the API of a real server on the test host",
    needs: ["root", "host", "docker", "build"],
    argv: [...vitest, "api"],
    report: "vitest",
  },
  {
    name: "browser",
    says: "the pages, in Chromium, on the test host",
    needs: ["root", "host", "docker", "browser", "build"],
    argv: playwright,
    report: "playwright",
  },
  {
    name: "image",
    says: "the image, built and walked in Chromium",
    needs: ["root", "docker", "browser", "debootstrap"],
    argv: [...playwright, "--config", "e2e/smoke"],
    report: "playwright",
  },
];
