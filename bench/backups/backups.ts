/** Backups and restores beside what the engine and the stock tools need for the same bytes, in the same run. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Figure, median } from "../figure.ts";
import { closeLoad, freshVolume, type Load, openLoad, TOOLS_IMAGE, VOLUME } from "./load.ts";
import type { Measured } from "./one.ts";

const ROUNDS = 3;
const SOCKET = "/var/run/docker.sock";

/** Needs root, Docker with its files on this machine, GNU tar, zstd and curl; takes about ten minutes and 6 GB of disk. */
export async function backups(): Promise<Figure[]> {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bench-"));
  try {
    const load = openLoad(state);
    const at = { load, state, stem: path.join(state, "archive") };
    return [...making(at), ...holding(at), ...using(at), ...listing(at)];
  } finally {
    closeLoad();
    fs.rmSync(state, { recursive: true, force: true });
  }
}

interface At {
  load: Load;
  state: string;
  /** of the archive, as the last backup has left it */
  stem: string;
}

function making({ load, state, stem }: At): Figure[] {
  const out = path.join(state, "reference");
  const rounds = Array.from({ length: ROUNDS }, () => ({
    reference: shell(`${getArchive(load)} | zstd -3 -q -f -o ${out}.zst`),
    engine: one("engine", VOLUME, stem),
    disk: one("disk", load.folder, stem),
    seeds: shell(
      `docker run --rm --network none -v ${VOLUME}:/v:ro -v ${state}:/out ${TOOLS_IMAGE} sh -c 'tar czf /out/seeds.tar.gz -C /v .'`,
    ),
  }));
  const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of));
  const [engine, disk] = [middle((round) => round.engine.seconds), middle((round) => round.disk.seconds)];
  const reference = middle((round) => round.reference);
  const seeds = middle((round) => round.seeds);
  const against = `${reference.toFixed(1)} s of the engine's GET archive | zstd -3`;
  return [
    ratio("a backup through the engine, read again and compared", {
      ...{ own: engine, other: reference, bound: 1.2, against },
      cpu: middle((round) => round.engine.cpu),
    }),
    ratio("a backup from the disk, read again and compared", {
      ...{ own: disk, other: reference, bound: 1.2, against },
      cpu: middle((round) => round.disk.cpu),
    }),
    ratio("the same", {
      own: disk,
      other: seeds,
      bound: 0.33,
      against: `${seeds.toFixed(1)} s of docker run … tar czf`,
    }),
    {
      ...{ what: "memory that it takes", unit: "MB", bound: 80, against: "resident, beyond that after a small one" },
      value: Math.max(...rounds.flatMap((round) => [round.engine.growth, round.disk.growth])) / 1e6,
    },
  ];
}

/** How long those wait who are held while they are read. */
function holding({ load, stem }: At): Figure[] {
  const rounds = Array.from({ length: ROUNDS }, () => ({
    engineAlone: shell(`${getArchive(load)} | cat > /dev/null`),
    engine: one("engine-held", VOLUME, stem).read ?? Number.NaN,
    diskAlone: shell(`tar --create --sparse --xattrs --acls --directory=${load.folder} . | cat > /dev/null`),
    disk: one("disk-held", load.folder, stem).read ?? Number.NaN,
  }));
  const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of));
  const [engine, engineAlone] = [middle((round) => round.engine), middle((round) => round.engineAlone)];
  const [disk, diskAlone] = [middle((round) => round.disk), middle((round) => round.diskAlone)];
  return [
    ratio("time that services are held, read through the engine", {
      ...{ own: engine, other: engineAlone, bound: 1.1 },
      against: `${engineAlone.toFixed(1)} s of reading alone`,
    }),
    ratio("time that services are held, read from the disk", {
      ...{ own: disk, other: diskAlone, bound: 1.1 },
      against: `${diskAlone.toFixed(1)} s of tar alone`,
    }),
  ];
}

function using({ load, stem }: At): Figure[] {
  const rounds = Array.from({ length: ROUNDS }, () => ({
    test: shell(`zstd -t -q ${stem}.tar.zst && find ${load.folder} -type f -print0 | xargs -0 sha256sum > /dev/null`),
    verify: one("verify", "", stem).seconds,
    put: restoredByHand(stem),
    engine: one("restore-engine", freshVolume().name, stem).seconds,
    disk: one("restore-disk", freshVolume().folder, stem).seconds,
  }));
  const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of));
  const [test, put] = [middle((round) => round.test), middle((round) => round.put)];
  const against = `${put.toFixed(1)} s of zstd -d | PUT archive`;
  return [
    ratio("verify", {
      ...{ own: middle((round) => round.verify), other: test, bound: 1.5 },
      against: `${test.toFixed(1)} s of zstd -t and sha256sum`,
    }),
    ratio("a restore into a new volume, through the engine", {
      ...{ own: middle((round) => round.engine), other: put, bound: 1.3, against },
    }),
    ratio("a restore into a new volume, onto the disk", {
      ...{ own: middle((round) => round.disk), other: put, bound: 1.3, against },
    }),
  ];
}

function listing({ load, state }: At): Figure[] {
  const stem = path.join(state, "many-files");
  one("disk", load.many, stem);
  const [first, again] = [one("list", "d3/e103", stem).seconds, one("list", "d3/e103", stem).seconds];
  const against = `100,000 files; ${(first * 1000).toFixed(0)} ms the first time`;
  return [{ what: "a folder in an archive", value: again * 1000, unit: "ms", bound: 200, against }];
}

function restoredByHand(stem: string): number {
  const { helper } = freshVolume();
  const url = `http://engine/containers/${helper}/archive?path=/v`;
  return shell(`zstd -dc -q ${stem}.tar.zst | curl -sS --fail --unix-socket ${SOCKET} -X PUT -T - '${url}'`);
}

function getArchive({ helper }: Load): string {
  return `curl -sS --fail --unix-socket ${SOCKET} 'http://engine/containers/${helper}/archive?path=/v/.'`;
}

function ratio(
  what: string,
  { own, other, bound, against, cpu }: { own: number; other: number; bound: number; against: string; cpu?: number },
): Figure {
  const used = cpu === undefined ? "" : ` (${cpu.toFixed(1)} s of processor time)`;
  return { what, value: own / other, unit: "x", bound, against: `${own.toFixed(1)} s${used} against ${against}` };
}

/** Seconds. */
function shell(command: string): number {
  const started = performance.now();
  execFileSync("bash", ["-c", `set -o pipefail; ${command}`], { stdio: ["ignore", "inherit", "inherit"] });
  return (performance.now() - started) / 1000;
}

function one(act: string, from: string, stem: string): Measured {
  const argv = [path.join(import.meta.dirname, "one.ts"), act, from, stem];
  const output = execFileSync(process.execPath, argv, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output) as Measured;
}
