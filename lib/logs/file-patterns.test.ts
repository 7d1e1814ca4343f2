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
const { admitOf, checkPattern, findFiles } = await import("./file-patterns.ts");

/** Why it is not read once it is open; null: it is. */
function refusalOf(file: string, pattern = file): string | null {
  const descriptor = fs.openSync(file, "r");
  try {
    return admitOf(pattern)({ file, descriptor, uid: fs.fstatSync(descriptor, { bigint: true }).uid });
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

describe("links", () => {
  const isRoot = process.getuid?.() === 0;
  const ALICE = 4001;
  const BOB = 4002;
  const give = (file: string, uid: number) => {
    fs.lchownSync(file, uid, uid);
    return file;
  };

  test.runIf(isRoot)("in somebody's folder lead to that one's files only", () => {
    const mine = give(write("home/alice/kept/mine.txt"), ALICE);
    const roots = write("backup/private.txt");
    const bobs = give(write("home/bob/diary.txt"), BOB);
    const pattern = at("home/alice/logs/*.log");
    for (const [name, target, why] of [
      ["mine", mine, null],
      ["root", roots, /does not belong/],
      ["bob", bobs, /does not belong/],
    ] as const) {
      const file = give(link(target, "home/alice/logs", `${name}.log`), ALICE);
      if (why === null) expect(refusalOf(file, pattern), name).toBeNull();
      else expect(refusalOf(file, pattern), name).toMatch(why);
      // root's own link is root's word
      expect(refusalOf(link(target, "home/alice/logs", `by-root-${name}.log`), pattern), name).toBeNull();
    }
    // through a link of root's to a link of hers
    expect(refusalOf(link(at("home/alice/logs/root.log"), "var/alice.log"))).toMatch("does not belong");
    const whole = give(link(at("backup"), "home/alice/logs", "folder"), ALICE);
    expect(refusalOf(`${whole}/private.txt`, at("home/alice/logs/*/*.txt"))).toMatch("does not belong");
    expect(refusalOf(give(write("home/alice/logs/plain.log"), ALICE), pattern)).toBeNull();
    expect(refusalOf(write("home/alice/logs/of-root.log"), pattern)).toBeNull();
  });

  test.runIf(isRoot)("in what was named lead on, but nobody's link to root's files", async () => {
    const file = give(write("disk/clawdis/sessions/a.jsonl"), BOB);
    give(link(at("disk/clawdis"), "home/alice/.clawdis"), ALICE);
    const pattern = at("home/alice/.clawdis/sessions/*.jsonl");
    expect(await findFiles(pattern)).toEqual([at("home/alice/.clawdis/sessions/a.jsonl")]);
    expect(refusalOf(at("home/alice/.clawdis/sessions/a.jsonl"), pattern)).toBeNull();
    give(file, 0);
    expect(refusalOf(at("home/alice/.clawdis/sessions/a.jsonl"), pattern)).toMatch("does not belong");
    give(at("disk/clawdis"), ALICE);
    expect(refusalOf(at("home/alice/.clawdis/sessions/a.jsonl"), pattern)).toBeNull();
  });

  test("through a process lead nowhere", () => {
    const file = write("plain/x.log");
    const through = link(`/proc/${process.pid}/root${file}`, "plain/through.log");
    expect(refusalOf(through, at("elsewhere/*.log"))).toMatch("through a process");
    expect(refusalOf(link(file, "plain/good.log"))).toBeNull();
  });

  test("to where secrets are kept are refused by what was opened", () => {
    for (const name of [
      ...[".env", ".env.production", "app.env", ".netrc", ".pgpass", ".npmrc", ".git-credentials", ".bash_history"],
      ...[
        ".docker/config.json",
        "run/secrets/token",
        "containers/abc/config.v2.json",
        ".pm2/dump.pm2",
        ".psql_history",
      ],
    ])
      expect(refusalOf(link(write("kept", name), "to", name)), name).toMatch("not read");
    for (const name of ["containers/abc/abc-json.log", "environment.log", ".pm2/logs/a-out.log", "history"])
      expect(refusalOf(write("kept", name)), name).toBeNull();
  });
});
