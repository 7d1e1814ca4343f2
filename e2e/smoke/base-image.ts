/**
 * A local stand-in for the public Node image, for machines that reach no container registry: a debootstrap tree with this
 * very Node, npm and the system's certificates. The Dockerfile stays the public one and takes this by its NODE_IMAGE.
 */
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const PUBLIC = "node:24-bookworm-slim";
export const OWN_BASE = "trihelm-test/node:24";
const root = path.dirname(path.dirname(import.meta.dirname));
const cache = path.join(root, "node_modules/.cache/trihelm/bookworm.tar");

/** The image to build from: one that was named, the public one if it is here, or one made here. */
export function baseImage(): string {
  const named = process.env.TRIHELM_TEST_NODE_IMAGE;
  if (named) return named;
  if (hasImage(PUBLIC)) return PUBLIC;
  const tree = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-base-"));
  try {
    plantDebian(tree);
    addNode(tree);
    importTree(tree);
  } finally {
    fs.rmSync(tree, { recursive: true, force: true });
  }
  return OWN_BASE;
}

function hasImage(name: string): boolean {
  return spawnSync("docker", ["image", "inspect", name], { stdio: "ignore" }).status === 0;
}

/** The part that takes a minute is kept for the next run. */
function plantDebian(tree: string): void {
  if (!fs.existsSync(cache)) {
    const options = ["--variant=minbase", "--include=ca-certificates"];
    execFileSync("debootstrap", [...options, "bookworm", tree], { stdio: ["ignore", "ignore", "inherit"] });
    for (const folder of ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale", "usr/share/man"]) {
      fs.rmSync(path.join(tree, folder), { recursive: true, force: true });
      fs.mkdirSync(path.join(tree, folder), { recursive: true });
    }
    fs.mkdirSync(path.dirname(cache), { recursive: true });
    execFileSync("tar", ["--numeric-owner", "-C", tree, "-cf", `${cache}.part`, "."]);
    fs.renameSync(`${cache}.part`, cache);
  } else execFileSync("tar", ["--numeric-owner", "-C", tree, "-xpf", cache]);
}

function addNode(tree: string): void {
  const local = path.join(tree, "usr/local");
  fs.mkdirSync(path.join(local, "lib/node_modules"), { recursive: true });
  fs.mkdirSync(path.join(local, "bin"), { recursive: true });
  fs.copyFileSync(fs.realpathSync(process.execPath), path.join(local, "bin/node"));
  fs.cpSync(npmFolder(), path.join(local, "lib/node_modules/npm"), { recursive: true, verbatimSymlinks: true });
  for (const tool of ["npm", "npx"])
    fs.symlinkSync(`../lib/node_modules/npm/bin/${tool}-cli.js`, path.join(local, "bin", tool));
  const bundle = "/etc/ssl/certs/ca-certificates.crt";
  if (fs.existsSync(bundle)) fs.copyFileSync(bundle, path.join(tree, bundle));
  execFileSync("chroot", [tree, "useradd", "--uid", "1000", "--user-group", "--create-home", "node"]);
}

function npmFolder(): string {
  const cli = process.env.npm_execpath ?? fs.realpathSync(execFileSync("which", ["npm"], { encoding: "utf8" }).trim());
  return path.dirname(path.dirname(cli));
}

function importTree(tree: string): void {
  const archive = `${tree}.tar`;
  execFileSync("tar", ["--numeric-owner", "-C", tree, "-cf", archive, "."]);
  const changes = [
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
    "LABEL trihelm.test=1",
    'CMD ["node"]',
  ];
  execFileSync("docker", ["import", ...changes.flatMap((change) => ["--change", change]), archive, OWN_BASE], {
    stdio: "pipe",
  });
  fs.rmSync(archive);
}
