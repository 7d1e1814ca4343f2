import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { findPm2Homes } from "./homes.ts";

const top = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-pm2-homes-"));
afterAll(() => fs.rmSync(top, { recursive: true }));
const uid = process.getuid!();
let root = "";
let count = 0;

beforeEach(() => {
  count += 1;
  root = path.join(top, String(count));
  fs.mkdirSync(path.join(root, "etc"), { recursive: true });
  fs.writeFileSync(
    path.join(root, "etc", "passwd"),
    `me:x:${uid}:${uid}::/:/bin/sh\nother:x:${uid + 1}:1::/:/bin/sh\n`,
  );
});

function home(name: string, ...files: string[]): string {
  const folder = path.join(root, name, ".pm2");
  fs.mkdirSync(folder, { recursive: true });
  for (const file of files) fs.writeFileSync(path.join(folder, file), "");
  return folder;
}
const find = (more: Partial<Parameters<typeof findPm2Homes>[0]> = {}) =>
  findPm2Homes({ configured: null, pm2Home: undefined, ownHome: path.join(root, "home", "me"), uid, root, ...more });

test("without any daemon the own home is answered", () => {
  expect(find()).toEqual([{ home: path.join(root, "home", "me", ".pm2"), user: null }]);
});

test("as root the homes of others come, by their sockets; as anybody else they do not", () => {
  const own = home("home/me", "pm2.log");
  const other = home("home/other", "rpc.sock");
  home("home/quiet", "pm2.log");
  if (uid === 0) fs.chownSync(other, uid + 1, uid + 1);
  expect(find({ uid: 0 }).map((one) => one.home)).toEqual([own, other]);
  if (uid === 0) expect(find().map((one) => one.user)).toEqual([null, "other"]);
  expect(find({ uid: 1 }).map((one) => one.home)).toEqual([own]);
});

test("what is configured comes alone; PM2_HOME comes first; one folder comes once", () => {
  const own = home("home/me", "rpc.sock");
  const elsewhere = home("srv", "rpc.sock");
  fs.symlinkSync(elsewhere, path.join(root, "link"));
  expect(find({ pm2Home: elsewhere }).map((one) => one.home)).toEqual([elsewhere, own]);
  expect(find({ configured: [elsewhere, path.join(root, "link")], pm2Home: own })).toEqual([
    { home: elsewhere, user: null },
  ]);
});

test("two homes of one owner get different scopes, the same each time", () => {
  const configured = [home("a"), home("b"), home("c")];
  const found = find({ configured });
  expect(found[0]!.user).toBeNull();
  expect(found[1]!.user).toMatch(/^me-[0-9a-f]{6}$/);
  expect(new Set(found.map((one) => one.user)).size).toBe(3);
  expect(find({ configured })).toEqual(found);
});

test("a home that is not there is the own user's; an owner without a name is a number", () => {
  expect(find({ configured: ["/nowhere/.pm2"] })).toEqual([{ home: "/nowhere/.pm2", user: null }]);
  fs.writeFileSync(path.join(root, "etc", "passwd"), "");
  expect(find({ configured: [home("a")], uid: uid + 7 })[0]!.user).toBe(String(uid));
});
