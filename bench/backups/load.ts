/** What is backed up: a volume of 1 GiB with 50,000 small files and some large ones, and the images that read it. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

export const VOLUME = "trihelm-bench-backups";
const RESTORED = "trihelm-bench-restored";
/** nothing in it: it is never started */
const HELPER_IMAGE = "trihelm-bench/empty:1";
/** a shell, tar and gzip, as the images have them that such backups are usually made with */
export const TOOLS_IMAGE = "trihelm-bench/tools:1";
const LABEL = "trihelm.bench=backups";
const SMALL = 50_000;
const LARGE = 6;
const MIB = 1024 * 1024;

export interface Load {
  /** of the volume, on this machine */
  folder: string;
  /** of a container that has it mounted at `/v` and was never started */
  helper: string;
  /** 100,000 files in some hundred folders */
  many: string;
}

export function openLoad(state: string): Load {
  closeLoad();
  makeImages(state);
  docker("volume", "create", "--label", LABEL, VOLUME);
  const folder = docker("volume", "inspect", "--format", "{{.Mountpoint}}", VOLUME);
  const pool = textPool();
  fillSmall(folder, SMALL, pool);
  for (let n = 0; n < LARGE; n += 1) {
    const fd = fs.openSync(path.join(folder, `large-${n}.bin`), "w");
    // half of it can be compressed, as in a database with pictures
    for (let part = 0; part < 16; part += 1) fs.writeSync(fd, part % 2 === 0 ? pool : randomBytes(8 * MIB));
    fs.closeSync(fd);
  }
  const many = path.join(state, "many");
  fillSmall(many, 100_000, pool.subarray(0, 4096));
  const helper = docker("create", "--label", LABEL, "--volume", `${VOLUME}:/v`, HELPER_IMAGE, "none");
  execFileSync("sync");
  return { folder, helper, many };
}

/** An empty volume; what was in one of that name is gone. */
export function freshVolume(): { name: string; folder: string; helper: string } {
  removeWith("--filter", `volume=${RESTORED}`);
  execFileSync("docker", ["volume", "rm", "--force", RESTORED], { stdio: "ignore" });
  docker("volume", "create", "--label", LABEL, RESTORED);
  const helper = docker("create", "--label", LABEL, "--volume", `${RESTORED}:/v`, HELPER_IMAGE, "none");
  return { name: RESTORED, helper, folder: docker("volume", "inspect", "--format", "{{.Mountpoint}}", RESTORED) };
}

export function closeLoad(): void {
  removeWith("--filter", `label=${LABEL}`);
  for (const name of [VOLUME, RESTORED]) execFileSync("docker", ["volume", "rm", "--force", name], { stdio: "ignore" });
  for (const image of [HELPER_IMAGE, TOOLS_IMAGE]) {
    if (docker("images", "--quiet", image)) execFileSync("docker", ["rmi", "--force", image], { stdio: "ignore" });
  }
}

function removeWith(...filter: string[]): void {
  const ids = docker("ps", "--all", "--quiet", ...filter)
    .split("\n")
    .filter(Boolean);
  if (ids.length > 0) docker("rm", "--force", ...ids);
}

function fillSmall(folder: string, count: number, pool: Buffer): void {
  for (let n = 0; n < count; n += 1) {
    const below = path.join(folder, `d${n % 20}`, `e${n % 500}`);
    if (n < 500) fs.mkdirSync(below, { recursive: true });
    const length = Math.min(pool.length / 2, 200 + Math.floor(Math.random() * 12_000));
    const at = Math.floor(Math.random() * (pool.length - length));
    fs.writeFileSync(path.join(below, `file-${n}.json`), pool.subarray(at, at + length));
  }
}

/** 8 MiB of words, which zstd makes about half of. */
function textPool(): Buffer {
  const words = Array.from({ length: 4096 }, () => randomBytes(3 + Math.floor(Math.random() * 6)).toString("hex"));
  let text = "";
  while (text.length < 8 * MIB) text += `${words[Math.floor(Math.random() * words.length)]} `;
  return Buffer.from(text.slice(0, 8 * MIB));
}

function makeImages(state: string): void {
  const root = path.join(state, "image");
  fs.mkdirSync(path.join(root, "bin"), { recursive: true });
  const archive = path.join(state, "image.tar");
  execFileSync("tar", ["-cf", archive, "--files-from=/dev/null"]);
  docker("import", archive, HELPER_IMAGE);
  for (const tool of ["sh", "tar", "gzip"]) {
    const file = fs.realpathSync(execFileSync("which", [tool], { encoding: "utf8" }).trim());
    fs.copyFileSync(file, path.join(root, "bin", tool));
    for (const library of librariesOf(file)) {
      fs.mkdirSync(path.dirname(path.join(root, library)), { recursive: true });
      fs.copyFileSync(fs.realpathSync(library), path.join(root, library));
    }
  }
  execFileSync("tar", ["-C", root, "-cf", archive, "."]);
  docker("import", "--change", "ENV PATH=/bin", archive, TOOLS_IMAGE);
  fs.rmSync(root, { recursive: true });
}

function librariesOf(binary: string): string[] {
  const listed = execFileSync("ldd", [binary], { encoding: "utf8" });
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1]!);
}

function docker(...argv: string[]): string {
  return execFileSync("docker", argv, { encoding: "utf8", maxBuffer: 1 << 30 }).trim();
}
