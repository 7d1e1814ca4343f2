import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { hasApprise, isAppriseUrl } from "./apprise.ts";
import { channelOf, messageOf } from "./receiver-rig.ts";
import { send } from "./send.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

const URL_OF_IT = "tgram://123456:a-secret/-100?silent=yes";
const told = (url = URL_OF_IT, title = "wa-worker failed") =>
  send(channelOf("apprise", { secrets: { url } }), {
    messages: [messageOf({ title })],
    key: "k",
    signal: new AbortController().signal,
  });

/** A command of that name which writes down what it is given, alone on the path; `then`: what it does afterwards. */
function install(then = "exit 0"): { seen: () => { args: string[]; config: string; mode: string; input: string } } {
  const folder = fs.mkdtempSync(path.join(scratch.folder, "bin-"));
  const script = `#!/bin/sh
for word in "$@"; do printf '%s\\n' "$word"; case "$word" in --config=*) file="\${word#--config=}";; esac; done > "${folder}/args"
cat "$file" > "${folder}/config"; stat -c %a "$file" > "${folder}/mode"; cat > "${folder}/input"
${then}
`;
  fs.writeFileSync(path.join(folder, "apprise"), script, { mode: 0o755 });
  const before = process.env.PATH;
  process.env.PATH = `${folder}:/usr/bin:/bin`;
  onTestFinished(() => {
    process.env.PATH = before;
  });
  const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
  const seen = () => ({
    args: read("args").split("\n").slice(0, -1),
    config: read("config"),
    mode: read("mode").trim(),
    input: read("input"),
  });
  return { seen };
}
const leftovers = () => fs.readdirSync(scratch.folder).filter((name) => name.startsWith("apprise-"));

test("the address is in a file that nobody else reads, gone afterwards, and in no argument", async () => {
  const { seen } = install();
  expect(await hasApprise()).toBe(true);
  expect(await told(undefined, "--config=/etc/shadow; `id` $(id)")).toBe("Apprise sent it");
  const { args, config, mode, input } = seen();
  expect(args).toEqual([
    ...["--title=--config=/etc/shadow; `id` $(id)", "--notification-type=failure", "-v", "--input-format=text"],
    ...["--recursion-depth=0", expect.stringMatching(/^--config=/)],
  ]);
  expect([config, mode]).toEqual([`${URL_OF_IT}\n`, "600"]);
  expect(input).toContain("It ended with exit code `1`.");
  expect(leftovers()).toEqual([]);
});

test("what it says on the way out is told, without the address", async () => {
  install(`echo "2026-11-21 21:45:52,747 - WARNING - could not reach ${URL_OF_IT}" >&2; exit 1`);
  const failure = await told().catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ permanent: false, message: "apprise ended with 1: could not reach …" });
  install("exit 2");
  await expect(told()).rejects.toMatchObject({ permanent: true });
  expect(leftovers()).toEqual([]);
});

test("where it is not installed, or may not go there, is said", async () => {
  const { seen } = install();
  await expect(told("json://169.254.169.254/latest")).rejects.toMatchObject({ permanent: true });
  await expect(told("json://user:word@2852039166/latest")).rejects.toMatchObject({ permanent: true });
  expect(seen).toThrow(/ENOENT/);
  process.env.PATH = scratch.folder;
  await expect(told()).rejects.toMatchObject({ permanent: true, message: expect.stringMatching(/not installed/) });
});

test("an address is one line of Apprise's own configuration", () => {
  expect(["discord://id/token", "mailto://me:pw@example.com?to=you", "json://[::1]:8080/x"].every(isAppriseUrl)).toBe(
    true,
  );
  expect(
    ["include http://x", "a b://c", "slack://x\ninclude http://y", "tag=json://x", "/etc/passwd"].some(isAppriseUrl),
  ).toBe(false);
});
