import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { programAt } from "./ask-host.ts";
import { mountOf, mountPoints } from "./full-disk.ts";
import { explainProgram } from "./signs/interpreter.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-programs-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const file = (name: string, text: string, mode = 0o755) => {
  fs.writeFileSync(path.join(folder, name), text, { mode });
  return path.join(folder, name);
};

describe("what a file that was to be run is", () => {
  test.each<[what: string, at: string, title: string | null]>([
    ["a script that can be run", file("good", "#!/bin/sh\nexit 0\n"), null],
    ["a program", process.execPath, null],
    ["nothing", path.join(folder, "gone"), `There is no program ${path.join(folder, "gone")}`],
    ["a folder", folder, `${folder} is a folder`],
    ["without its interpreter", file("bad", "#!/usr/bin/python9 -u\n"), "There is no interpreter /usr/bin/python9"],
    ["from Windows", file("crlf", "#!/bin/sh\r\nexit\r\n"), `${path.join(folder, "crlf")} has line ends of Windows`],
    ["without the right", file("plain", "#!/bin/sh\n", 0o644), `${path.join(folder, "plain")} is not executable`],
    ["no script and no program", file("text", "hello\n"), "The program is in a format that cannot be run"],
    ["beyond a file", path.join(folder, "good", "x"), `There is no program ${path.join(folder, "good", "x")}`],
  ])("%s", async (_, at, title) => {
    const program = await programAt(at);
    expect(explainProgram(at, program!)?.title ?? null).toBe(title);
  });
});

test("file systems that can be full, and the one that a path is on", () => {
  const mounts = mountPoints(
    [
      "/dev/sda1 / ext4 rw,relatime 0 0",
      "proc /proc proc rw 0 0",
      "tmpfs /srv/small\\040disk tmpfs rw,size=2048k 0 0",
      "/dev/loop0 /snap/x squashfs ro 0 0",
      "/dev/sdb1 /mnt/cd ext4 ro 0 0",
      "/dev/sdc1 /srv ext4 rw 0 0",
      "",
    ].join("\n"),
  );
  expect(mounts).toEqual(["/", "/srv/small disk", "/srv"]);
  expect(mountOf("/srv/small disk/a.log", mounts)).toBe("/srv/small disk");
  expect(mountOf("/srv/smaller", mounts)).toBe("/srv");
  expect(mountOf("/var/log", mounts)).toBe("/");
});
