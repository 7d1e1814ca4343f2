// `npm run dev`: the development server, on the address that the configuration names.
import path from "node:path";
import { ensureClient } from "./build.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { continueOn, isModern, modernNode, projectEnv, root } from "./node24.mjs";

const say = (line) => console.error(line);

ensureDependencies(say);
if (!isModern()) continueOn(modernNode(), [path.join(root, "scripts", "dev.mjs")]);
else {
  ensureClient(say);
  const { readConfiguration } = await import("./configuration.ts");
  const { host, port } = readConfiguration();
  const next = path.join(root, "node_modules/next/dist/bin/next");
  const args = [next, "dev", "--hostname", host, "--port", String(port), ...process.argv.slice(2)];
  continueOn(process.execPath, args, projectEnv({ NEXT_TELEMETRY_DISABLED: "1" }));
}
