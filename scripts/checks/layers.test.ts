import { expect, test } from "vitest";
import { checkLayers } from "./layers.ts";

const check = (files: Record<string, string>) => checkLayers(new Map(Object.entries(files)));

test("a house in order has nothing to say", () => {
  expect(
    check({
      "app/page.tsx": `import { Board } from "@/components/services/board";\nimport { read } from "#lib/services/read.ts";\n`,
      "components/services/board.tsx": `import { bytes } from "#lib/format/bytes.ts";\nimport type { Row } from "#lib/services/read.ts";\nimport { Shape } from "#lib/services/shape.ts";\n`,
      "lib/format/bytes.ts": "export const bytes = 1;\n",
      "lib/services/shape.ts": `import { z } from "zod";\n`,
      "lib/services/read.ts": `import { rows } from "./store.ts";\nimport type { Supervisor } from "#lib/supervisors/supervisor.ts";\n`,
      "lib/services/store.ts": `import { db } from "#lib/db/client.ts";\n`,
      "lib/db/client.ts": `import Database from "better-sqlite3";\n`,
      "lib/supervisors/registry.ts": `import { Docker } from "./docker/docker.ts";\n`,
      "lib/supervisors/supervisor.ts": "",
      "lib/supervisors/docker/docker.ts": `import Engine from "dockerode";\n`,
      "lib/supervisors/docker/docker.test.ts": `import { test } from "vitest";\nimport { spawn } from "node:child_process";\n`,
    }),
  ).toEqual([]);
});

test.each([
  ["upwards", "lib/events/bus.ts", `import { read } from "#lib/services/read.ts";`],
  ["lib knows nothing of the pages", "lib/services/read.ts", `import { Row } from "@/components/row.tsx";`],
  ["nothing imports from app", "components/row.tsx", `import { page } from "@/app/page.tsx";`],
  ["draws the server with it", "components/row.tsx", `import { read } from "#lib/services/store.ts";`],
  ["a page asks the domain", "app/page.tsx", `import { open } from "#lib/supervisors/supervisor.ts";`],
  ["only registry.ts names a concrete supervisor", "lib/services/act.ts", `import "#lib/supervisors/pm2/pm2.ts";`],
  ["only registry.ts names a concrete supervisor", "lib/supervisors/pm2/a.ts", `import { b } from "../docker/b.ts";`],
  ["only store.ts files touch the database", "lib/services/act.ts", `import { db } from "#lib/db/client.ts";`],
  ["ask the supervisor contract", "lib/services/act.ts", `import Docker from "dockerode";`],
  ["ask the supervisor contract", "lib/supervisors/docker/x.ts", `import axon from "pm2-axon";`],
  ["start processes by", "lib/services/act.ts", `import { execFile } from "node:child_process";`],
  ["start processes by", "lib/supervisors/systemd/x.ts", `const { execa } = await import("execa");`],
  ["read figures by", "lib/services/act.ts", `import si from "systeminformation";`],
  ["store.ts", "lib/services/act.ts", `import Database from "better-sqlite3";`],
  ["routes live in", "lib/services/act.ts", `import { Hono } from "hono";`],
  ["no such room", "lib/stuff/act.ts", ""],
  ["only boot.ts stands in lib itself", "lib/act.ts", ""],
])("%s: %s", (says, file, text) => {
  const found = check({
    [file]: `${text}\n`,
    "lib/services/store.ts": `import { db } from "#lib/db/client.ts";\n`,
    "lib/db/client.ts": `import Database from "better-sqlite3";\n`,
  });
  expect(found.join("\n")).toContain(says);
  expect(found.join("\n")).toContain(file);
});

test("circles are told whole, and a type import closes none", () => {
  const a = { "lib/jobs/a.ts": `import { b } from "./b.ts";\n` };
  expect(check({ ...a, "lib/jobs/b.ts": `import { a } from "./a.ts";\n` })[0]).toMatch(/a\.ts → .*b\.ts → .*a\.ts/);
  expect(check({ ...a, "lib/jobs/b.ts": `import { type A } from "./a.ts";\n` })).toEqual([]);
});

test("an import over several lines is seen", () => {
  const text = `import {\n  type A,\n  read,\n} from "#lib/services/read.ts";\n`;
  expect(check({ "lib/events/bus.ts": text, "lib/services/read.ts": "" }).join()).toContain("upwards");
});
