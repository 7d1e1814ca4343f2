// `npm test [group…]`: gets what the tests need and runs them. Starts on Node 18 too.
import path from "node:path";
import { ensureDependencies } from "./dependencies.mjs";
import { continueOn, modernNode, projectEnv, root } from "./node24.mjs";

ensureDependencies((line) => console.error(line));
continueOn(modernNode(), [path.join(root, "scripts/testing/run.ts"), ...process.argv.slice(2)], projectEnv());
