/**
 * The house, kept: which file may know which. Directions are app → components → lib, and inside lib only downwards.
 * Each message says what to do instead.
 */
import { findCycles } from "./cycles.ts";
import { type Import, importsOf } from "./imports.ts";
import { readSources, report, type Sources } from "./sources.ts";

const LAYERS = [
  ["platform", "db", "format"],
  ["supervisors", "events", "jobs", "audit", "auth"],
  ["services", "logs", "volumes", "backups", "relay", "metrics", "checks", "alerts"],
  ["api"],
];
const ADAPTERS = /^lib\/supervisors\/(docker|systemd|pm2|fake)\//;
/** tests, and the suite that adapters' tests run, may reach into anything */
const IS_TEST = /\.test\.tsx?$|\/contract\.ts$|-rig\.ts$|\/fixtures\//;

/** a package → where it may be imported, and how to get at it otherwise */
const KEPT: { packages: RegExp; by: RegExp; instead: string }[] = [
  { packages: /^dockerode$/, by: /^lib\/supervisors\/docker\//, instead: "ask the supervisor contract" },
  { packages: /^pm2-axon(-rpc)?$/, by: /^lib\/supervisors\/pm2\//, instead: "ask the supervisor contract" },
  {
    packages: /^(execa|(node:)?child_process)$/,
    by: /^lib\/platform\/exec\.ts$/,
    instead: "start processes by lib/platform/exec.ts",
  },
  { packages: /^systeminformation$/, by: /^lib\/metrics\//, instead: "read figures by lib/metrics" },
  {
    packages: /^(better-sqlite3|@prisma\/.*)$/,
    by: /^lib\/db\/|^lib\/(.+\/)?store\.ts$/,
    instead: "put the query into the capability's store.ts",
  },
  { packages: /^(hono|@hono\/.*|@scalar\/.*)$/, by: /^(lib|app)\/api\//, instead: "routes live in lib/api" },
  {
    packages: /^(next|react|react-dom)$/,
    by: /^(app|components)\/|^(next\.config|proxy|lib\/api\/page-guard)\.ts$/,
    instead: "pages live in app",
  },
  { packages: /^vitest$/, by: /^vitest\.config\.ts$/, instead: "only tests import it" },
];

/** Every place where a file knows what it should not, as sentences. */
export function checkLayers(sources: Sources): string[] {
  const imports = importsOf(sources);
  const ofCode = imports.filter(({ from }) => isCode(from) && !IS_TEST.test(from));
  const shareable = shareableFiles(imports);
  return [
    ...[...sources.keys()].flatMap(checkPlace),
    ...ofCode.flatMap((one) => (one.inside ? checkDirection(one, shareable) : checkPackage(one))),
    ...findCycles(ofCode.filter((one) => one.inside && !one.typeOnly)).map(
      (round) =>
        `${round.join(" → ")}: a circle. Move what both need one layer down, or turn one arrow into a type import.`,
    ),
  ];
}

const isCode = (file: string) => /^(app|components|lib)\//.test(file) || file === "instrumentation.ts";

function layerOf(file: string): number {
  const folder = file.match(/^lib\/([^/]+)\//)?.[1];
  return folder === undefined ? LAYERS.length : LAYERS.findIndex((layer) => layer.includes(folder));
}

function checkPlace(file: string): string[] {
  if (!file.startsWith("lib/") || file === "lib/boot.ts") return [];
  if (!/^lib\/[^/]+\//.test(file))
    return [`${file}: only boot.ts stands in lib itself. Put it into its capability's folder.`];
  if (layerOf(file) !== -1) return [];
  const rooms = LAYERS.map((layer, level) => `L${level} ${layer.join(", ")}`).join("; ");
  return [`${file}: no such room in the house. There are ${rooms}.`];
}

function checkDirection({ from, to, typeOnly }: Import, shareable: ReadonlySet<string>): string[] {
  const arrow = `${from} imports ${to}`;
  if (to.startsWith("app/") && !from.startsWith("app/")) return [`${arrow}: nothing imports from app. Move it down.`];
  if (from.startsWith("components/") && to.startsWith("lib/") && !typeOnly && !shareable.has(to))
    return [
      `${arrow}: components take types, schemas, event names and format from lib, and this file draws the server with it. Import the type only, or ask the API.`,
    ];
  if (from.startsWith("lib/") && !to.startsWith("lib/") && !to.endsWith(".json"))
    return [`${arrow}: lib knows nothing of the pages. Move what it needs into lib.`];
  if (from.startsWith("app/") && !typeOnly && /^lib\/(db|supervisors|audit|jobs)\//.test(to))
    return [`${arrow}: a page asks the domain. Go through lib/services or its like.`];
  if (ADAPTERS.test(to) && !sameAdapter(from, to) && from !== "lib/supervisors/registry.ts")
    return [
      `${arrow}: only registry.ts names a concrete supervisor. Speak to the contract in lib/supervisors/supervisor.ts.`,
    ];
  if (
    /^lib\/db\/(generated\/|client\.ts|sqlite-adapter\.ts)/.test(to) &&
    !/^lib\/(db\/|boot\.ts|api\/health\.ts|(.+\/)?store\.ts)/.test(from)
  )
    return [`${arrow}: only store.ts files touch the database. Put the query into the capability's store.ts.`];
  if (from.startsWith("lib/") && to.startsWith("lib/") && layerOf(to) > layerOf(from))
    return [
      `${arrow}: upwards, from L${layerOf(from)} to L${layerOf(to)}. Move it down, or hand it in from above (boot.ts).`,
    ];
  return [];
}

function sameAdapter(from: string, to: string): boolean {
  return from.match(ADAPTERS)?.[0] === to.match(ADAPTERS)?.[0];
}

function checkPackage({ from, to, typeOnly }: Import): string[] {
  const rule = KEPT.find(({ packages }) => packages.test(to));
  if (!rule || rule.by.test(from) || (typeOnly && to === "react")) return [];
  return [`${from} imports ${to}, which is kept to ${rule.by.source}: ${rule.instead}.`];
}

/** Files that draw nothing but zod with them: these may run in a browser. */
function shareableFiles(imports: readonly Import[]): Set<string> {
  const needs = new Map<string, Import[]>();
  for (const one of imports) if (!one.typeOnly) needs.set(one.from, [...(needs.get(one.from) ?? []), one]);
  const allowed = (one: Import) =>
    one.inside ? one.to.startsWith("lib/") : /^(zod|clsx|tailwind-merge)$/.test(one.to);
  const shareable = new Set(imports.flatMap(({ from, to, inside }) => (inside ? [from, to] : [from])));
  for (let before = -1; before !== shareable.size; ) {
    before = shareable.size;
    for (const file of shareable)
      if (needs.get(file)?.some((one) => !allowed(one) || (one.inside && !shareable.has(one.to))))
        shareable.delete(file);
  }
  return shareable;
}

if (import.meta.main) report("layers", checkLayers(readSources()));
