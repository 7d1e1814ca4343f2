/** For tests only: real volumes and containers, a database that is written all the time, and the tree of what they hold. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Cli, cliOf, makeImage } from "#lib/supervisors/docker/contract-rig.ts";

export const ENDPOINT = "unix:///var/run/docker.sock";
const LABEL = "trihelm.test=1";
/** Node's own SQLite, in a container that has nothing but what the machine has */
const WRITER = `
const { DatabaseSync } = require("node:sqlite");
const db = new DatabaseSync("/data/app.db");
db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, text TEXT)");
let n = db.prepare("SELECT coalesce(max(n), 0) AS n FROM t").get().n;
const add = db.prepare("INSERT INTO t VALUES (?, ?)");
setInterval(() => { db.exec("BEGIN"); for (let i = 0; i < 5; i++) add.run(++n, "row ".repeat(20)); db.exec("COMMIT"); }, 10);
process.on("SIGTERM", () => { db.close(); process.exit(0); });
`;

export interface DockerRig {
  docker: Cli;
  /** its whole name */
  volume(name: string, fill?: (folder: string) => void): Promise<string>;
  folder(volume: string): string;
  /** A container that has the volume mounted at /data and goes on for ever; `writer`: it writes a database there. */
  container(
    name: string,
    volume: string,
    more?: { args?: string[]; writer?: boolean; command?: string[] },
  ): Promise<string>;
  /** `running`, `paused`, `exited` */
  state(container: string): Promise<string>;
  /** helper containers of a server that calls itself so */
  helpers(owner: string): Promise<string>;
  close(): Promise<void>;
}

/** `prefix` keeps everything apart from everybody else's. */
export async function openDockerRig(prefix: string, endpoint = ENDPOINT): Promise<DockerRig> {
  const docker = cliOf(endpoint);
  const image = `${prefix}:base`;
  await makeImage(docker, image);
  const script = path.join(os.tmpdir(), `${prefix}-writer.cjs`);
  fs.writeFileSync(script, WRITER);
  const node = fs.realpathSync(process.execPath);
  const libraries = ["/lib", "/lib64", "/usr/lib"].filter((one) => fs.existsSync(one));
  const mounts = [...libraries, node, script].flatMap((one) => ["--volume", `${one}:${one}:ro`]);
  const folder = (volume: string) => path.join("/var/lib/docker/volumes", volume, "_data");
  const clear = async () => {
    const all = (text: string) => text.split("\n").filter(Boolean);
    const containers = all(await docker("ps", "--all", "--quiet", "--filter", `name=^${prefix}-`));
    if (containers.length > 0) await docker("rm", "--force", ...containers);
    const volumes = all(await docker("volume", "ls", "--quiet", "--filter", `name=${prefix}-`));
    if (volumes.length > 0) await docker("volume", "rm", "--force", ...volumes);
  };
  await clear();
  return {
    docker,
    folder,
    async volume(name, fill) {
      const full = `${prefix}-${name}`;
      await docker("volume", "create", "--label", LABEL, full);
      fill?.(folder(full));
      return full;
    },
    async container(name, volume, { args = [], writer = false, command } = {}) {
      const full = `${prefix}-${name}`;
      const run =
        command ?? (writer ? [node, script] : ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"]);
      const settings = [
        "--name",
        full,
        "--label",
        LABEL,
        "--volume",
        `${volume}:/data`,
        ...(writer ? mounts : []),
        ...args,
      ];
      await docker("run", "--detach", ...settings, image, ...run);
      return full;
    },
    state: (container) => docker("inspect", "--format", "{{.State.Status}}", container),
    helpers: (owner) => docker("ps", "--all", "--quiet", "--filter", `label=trihelm.helper=${owner}`),
    async close() {
      await clear();
      await docker("rmi", "--force", image);
      fs.rmSync(script, { force: true });
    },
  };
}

/** One line for everything below a folder: types, modes, owners, times (`seconds`: whole ones), contents and links. */
export function treeHash(folder: string, { seconds = false } = {}): string {
  const list = execFileSync(
    "bash",
    [
      "-c",
      `cd "$1" && find . -mindepth 1 -printf '%P %y %m %U:%G ${seconds ? "%Ts" : "%T@"} %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0r sha256sum`,
      "-",
      folder,
    ],
    { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  );
  return createHash("sha256").update(list).digest("hex").slice(0, 16);
}

/** Files that make a volume worth looking at; `seed` tells one filling from another. */
export function fillVolume(folder: string, seed: number, { files = 60 } = {}): void {
  for (let at = 0; at < files; at += 1) {
    const below = path.join(folder, `d${at % 7}`, `e${at % 3}`);
    fs.mkdirSync(below, { recursive: true });
    const file = path.join(below, `f${at}-${seed}`);
    fs.writeFileSync(file, `${seed} `.repeat(200 * (at + 1)), { mode: 0o600 + (at % 8) });
    fs.chownSync(file, 1000 + (at % 5), 1000);
    fs.utimesSync(file, 1_600_000_000 + at, 1_600_000_000 + at + seed);
  }
  fs.symlinkSync("../nowhere", path.join(folder, `link-${seed}`));
  fs.linkSync(path.join(folder, "d0/e0", `f0-${seed}`), path.join(folder, `hard-${seed}`));
  fs.mkdirSync(path.join(folder, `empty-${seed}`));
}
