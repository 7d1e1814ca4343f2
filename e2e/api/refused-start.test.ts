/** A server that cannot use its database ends and says why: one that went on would answer nothing but errors. */
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("a database that is none ends the start", async () => {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-refused-"));
  fs.writeFileSync(path.join(dataDir, "trihelm.db"), "not a database ".repeat(100));
  const env = {
    NODE_ENV: "production" as const,
    PATH: process.env.PATH,
    TRIHELM_DEMO: "1",
    TRIHELM_PORT: "0",
    TRIHELM_DATA_DIR: dataDir,
  };
  try {
    const started = promisify(execFile)(process.execPath, ["scripts/serve.ts"], { env, timeout: 20_000 });
    await expect(started).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/Trihelm cannot start: .*file is not a database/),
    });
    expect(fs.readFileSync(path.join(dataDir, "trihelm.db"), "utf8")).toMatch(/^not a database/);
  } finally {
    fs.rmSync(dataDir, { recursive: true });
  }
});
