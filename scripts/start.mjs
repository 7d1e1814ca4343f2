// `npm start`: what is missing is fetched, what is stale is built, and the server runs. Starts on Node 18 too.
import path from "node:path";
import { ensureDependencies } from "./dependencies.mjs";
import { continueOn, isModern, modernNode, root } from "./node24.mjs";

const say = (line) => console.error(line);

ensureDependencies(say);
if (!isModern()) continueOn(modernNode(), [...process.execArgv, path.join(root, "scripts", "start.mjs")]);
else {
  const { ensureBuild } = await import("./build.mjs");
  ensureBuild(say);
  await import("./serve.ts");
}
