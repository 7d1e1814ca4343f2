import fs from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { somebody } from "./people-rig.ts";
import { close, isOpen, offerSetup, provesSetup, setupFile, useSetup } from "./setup.ts";

const MINUTE = 60_000;
let scratch: Awaited<ReturnType<typeof openScratch>>;
let ending: AbortController;
beforeAll(async () => {
  scratch = await openScratch();
});
beforeEach(async () => {
  await db().user.deleteMany();
  close();
  ending = new AbortController();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  return () => {
    ending.abort();
    vi.useRealTimers();
  };
});
afterAll(() => scratch.close());

function printed(): { link: string; token: string; code: string } {
  const [link = "", code = ""] = fs.readFileSync(setupFile(), "utf8").split("\n");
  return { link, token: link.split("#token=")[1] ?? "", code };
}

test("where nobody has an account, link and code are written for this user alone", async () => {
  await offerSetup(ending.signal);
  const { link, code } = printed();
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:7420\/setup#token=[\w-]{43}$/);
  expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  expect(fs.statSync(setupFile()).mode & 0o777).toBe(0o600);
});

test("link and code both prove it, in any case and with or without the dash, and nothing else does", async () => {
  expect(provesSetup("")).toBe(false);
  await offerSetup(ending.signal);
  const { token, code } = printed();
  for (const right of [token, code, code.toLowerCase(), code.replace("-", ""), ` ${code.replace("-", " ")} `])
    expect(provesSetup(right), right).toBe(true);
  for (const wrong of ["", "-", token.slice(1), token.toUpperCase(), `${code}2`, code.slice(0, 8), "AAAA-AAAA", "0"])
    expect(provesSetup(wrong), wrong).toBe(false);
});

test("it lives for half an hour and is then another one", async () => {
  await offerSetup(ending.signal);
  const first = printed();
  vi.setSystemTime(Date.now() + 30 * MINUTE + 1);
  expect(provesSetup(first.code)).toBe(false);
  vi.advanceTimersByTime(30 * MINUTE);
  await vi.waitFor(() => expect(printed().token).not.toBe(first.token));
  expect(provesSetup(printed().code)).toBe(true);
  expect(provesSetup(first.token)).toBe(false);
});

test("it is used once; given back where the account could not be made", async () => {
  await offerSetup(ending.signal);
  const { token, code } = printed();
  const used = useSetup(token);
  expect(() => useSetup(token)).toThrow(/not valid any more/);
  expect(() => useSetup(code)).toThrow(/not valid any more/);
  used.undo();
  expect(() => useSetup("wrong")).toThrow(/not valid any more/);
  useSetup(code);
  expect(provesSetup(token)).toBe(false);
});

test("with an account there is none: not at start, and not after the next half hour", async () => {
  await offerSetup(ending.signal);
  await somebody("mara");
  expect(await isOpen()).toBe(false);
  vi.advanceTimersByTime(30 * MINUTE);
  await vi.waitFor(() => expect(fs.existsSync(setupFile())).toBe(false));
  expect(provesSetup("")).toBe(false);
  fs.writeFileSync(setupFile(), "left by an earlier run");
  await offerSetup(ending.signal);
  expect(fs.existsSync(setupFile())).toBe(false);
});
