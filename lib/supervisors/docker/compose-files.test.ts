import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { composeFiles } from "./compose-files.ts";

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-compose-"));
  fs.writeFileSync(path.join(folder, "compose.yaml"), "services:\n  api: {}\n");
  fs.writeFileSync(path.join(folder, "secrets.yaml"), "password: hunter2\n");
  fs.writeFileSync(path.join(folder, "shadow"), "services:\n");
  fs.symlinkSync(path.join(folder, "shadow"), path.join(folder, "link.yaml"));
  fs.writeFileSync(path.join(folder, "large.yml"), `services:\n${"#".repeat(300 * 1024)}`);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const labels = (files: string) => ({
  "com.docker.compose.project.config_files": files,
  "com.docker.compose.project.working_dir": folder,
});

test("the files that the labels name, relative ones within the project's folder, in their order", async () => {
  const whole = path.join(folder, "compose.yaml");
  expect(await composeFiles(labels(`compose.yaml,${whole},gone.yml`), {})).toEqual([
    { path: whole, role: "compose", text: "services:\n  api: {}\n", problem: null },
    { path: path.join(folder, "gone.yml"), role: "compose", text: null, problem: expect.stringContaining("not there") },
  ]);
});

test.each(["secrets.yaml", "shadow", "link.yaml", "large.yml", "/etc/passwd", "/dev/zero", "../../../../etc/shadow"])(
  "%s is named, never shown",
  async (file) => {
    const [found] = await composeFiles(labels(file), {});
    expect(found).toMatchObject({ text: null, problem: expect.stringMatching(/^Not shown/) });
  },
);

test("labels that come with the image are not believed", async () => {
  expect(await composeFiles(labels("compose.yaml"), labels("compose.yaml"))).toEqual([]);
  expect(await composeFiles({}, {})).toEqual([]);
});
