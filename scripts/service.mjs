// `npm run install-service`, `npm run uninstall-service`. Starts on Node 18 too.
import { fileURLToPath } from "node:url";
import { ensureDependencies } from "./dependencies.mjs";
import { continueOn, isModern, modernNode } from "./node24.mjs";

const say = (line) => console.error(line);
const verb = process.argv[2];

if (process.platform !== "linux" || process.getuid() !== 0) {
  console.error("A system service is set up by root on Linux: run it with sudo.");
  process.exit(1);
}
if (verb === "install") ensureDependencies(say);
if (!isModern()) continueOn(modernNode(), [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
else if (verb === "install") {
  const { ensureBuild } = await import("./build.mjs");
  ensureBuild(say);
  const { install } = await import("./service/install.ts");
  await install();
} else {
  const { uninstall } = await import("./service/uninstall.ts");
  uninstall({ purge: process.argv.includes("--purge") });
}
