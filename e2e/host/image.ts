import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const standIns = path.join(import.meta.dirname, "stand-ins");

/**
 * Makes an image without a registry: a static busybox, Node with the libraries it is linked to, and the stand-ins in
 * `/app`. Both tags are the same image.
 */
export function makeImage(folder: string, tags: readonly string[], labels: Record<string, string>): void {
  const root = path.join(folder, "image");
  fs.rmSync(root, { recursive: true, force: true });
  for (const inner of ["bin", "etc", "proc", "tmp", "dev", "app/server/data", "app/server/baileys_session", "data"])
    fs.mkdirSync(path.join(root, inner), { recursive: true });
  const node = fs.realpathSync(process.execPath);
  fs.copyFileSync(node, path.join(root, "bin/node"));
  fs.copyFileSync(fs.realpathSync("/bin/busybox"), path.join(root, "bin/busybox"));
  for (const applet of ["sh", "sleep", "cat", "wget", "nc", "kill", "true", "false", "ls", "tar", "head", "touch"])
    fs.symlinkSync("busybox", path.join(root, "bin", applet));
  for (const library of librariesOf(node)) {
    fs.mkdirSync(path.dirname(path.join(root, library)), { recursive: true });
    fs.copyFileSync(fs.realpathSync(library), path.join(root, library));
  }
  fs.writeFileSync(path.join(root, "etc/passwd"), "root:x:0:0::/:/bin/sh\nnodejs:x:1001:1001::/app:/bin/sh\n");
  for (const file of fs.readdirSync(standIns)) fs.copyFileSync(path.join(standIns, file), path.join(root, "app", file));
  const archive = path.join(folder, "image.tar");
  execFileSync("tar", ["--numeric-owner", "--owner=0", "--group=0", "-C", root, "-cf", archive, "."]);
  const changes = [
    "ENV PATH=/bin",
    "WORKDIR /app",
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${value}`),
  ];
  const [first = "", ...others] = tags;
  execFileSync("docker", ["import", ...changes.flatMap((change) => ["--change", change]), archive, first], {
    stdio: "pipe",
  });
  for (const tag of others) execFileSync("docker", ["tag", first, tag]);
  fs.rmSync(root, { recursive: true });
  fs.rmSync(archive);
}

function librariesOf(binary: string): string[] {
  const listed = execFileSync("ldd", [binary], { encoding: "utf8" });
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] as string);
}
