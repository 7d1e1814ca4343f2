/** Runs the benchmarks and prints each figure beside its bound. `npm run bench`, or `npm run bench -- logs`. */
import { print } from "./figure.ts";

// one that is not wanted is not loaded: each has needs of its own
const suites = {
  board: async () => (await import("./board/board.ts")).board(),
  logs: async () => (await import("./logs/logs.ts")).logs(),
  relay: async () => (await import("./relay/relay.ts")).relay(),
  page: async () => (await import("./logs/page.ts")).page(),
  watching: async () => (await import("./watching/watching.ts")).watching(),
  backups: async () => (await import("./backups/backups.ts")).backups(),
  // inside a machine that systemd runs, and only when it is named
  journal: async () => (await import("./logs/journal.ts")).journal(),
};
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}. There are: ${Object.keys(suites).join(", ")}`);
  process.exit(2);
}
let missed = 0;
for (const [name, suite] of Object.entries(suites)) {
  if (wanted.length > 0 ? !wanted.includes(name) : name === "journal") continue;
  console.log(`\n${name}\n`);
  missed += print(await suite());
}
process.exitCode = missed > 0 ? 1 : 0;
