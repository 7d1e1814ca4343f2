import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-patterns-")));
afterAll(() => fs.rmSync(root, { recursive: true }));
const at = (...names: string[]) => path.join(root, ...names);
const write = (...names: string[]) => {
  fs.mkdirSync(path.dirname(at(...names)), { recursive: true });
  fs.writeFileSync(at(...names), "line\n");
  return at(...names);
};
const link = (target: string, ...names: string[]) => {
  fs.mkdirSync(path.dirname(at(...names)), { recursive: true });
  fs.symlinkSync(target, at(...names));
  return at(...names);
};

// named through a link, and not in the way that the system spells it
fs.mkdirSync(at("volume"));
process.env.TRIHELM_DATA_DIR = `${link(at("volume"), "data")}//`;
const { admitLog, checkPattern } = await import("./file-patterns.ts");

/** Why it is not read once it is open; null: it is. */
function refusalOf(file: string): string | null {
  const descriptor = fs.openSync(file, "r");
  try {
    return admitLog({ descriptor, uid: fs.fstatSync(descriptor, { bigint: true }).uid });
  } finally {
    fs.closeSync(descriptor);
  }
}

describe("Trihelm's own data", () => {
  test("is not named, in whatever way its folder is spelt", () => {
    for (const pattern of [at("data/*.db"), at("volume/*.db"), at("volume/trihelm.db")])
      expect(() => checkPattern(pattern), pattern).toThrow("no log");
    expect(checkPattern(at("volumes/*.db"))).toBe(at("volumes/*.db"));
  });

  test("is not read by its place, through a link, and by another name of the same file", () => {
    const secret = write("volume", "secret");
    fs.mkdirSync(at("logs"));
    fs.linkSync(secret, at("logs/hard.log"));
    for (const file of [secret, at("data/secret"), link(secret, "logs", "soft.log"), at("logs/hard.log")])
      expect(refusalOf(file), file).toMatch("own data");
    expect(refusalOf(write("logs", "app.log"))).toBeNull();
  });
});
