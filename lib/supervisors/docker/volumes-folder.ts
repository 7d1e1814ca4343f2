/**
 * Where a volume's files are on this machine, if they are: reading them there is several times as fast as through the
 * engine. A socket can lead to another machine, whose paths may exist here too and hold something else: so the engine's
 * own folder has to have a container in it that the engine names, and their ids are random.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { may } from "#lib/platform/capabilities.ts";
import { monotonic } from "#lib/platform/clock.ts";
import type { Engine } from "./connect.ts";
import { isContainerId } from "./names.ts";
import type { ListEntry, VolumeEntry } from "./shapes.ts";
import type { Helpers } from "./volumes-unstarted.ts";

interface Place {
  engine: Engine;
  helpers: Helpers;
  entry: VolumeEntry;
}

interface EngineInfo {
  DockerRootDir?: string;
  SecurityOptions?: string[] | null;
}

/** milliseconds that a proof holds */
const HOLDS = 600_000;
const proofs = new WeakMap<Engine, { root: string | null; at: number }>();
/** options that make a local volume somebody else's storage */
const MOUNTED = ["type", "device", "o"];

/** null: through the engine. */
export async function volumeFolder({ engine, helpers, entry }: Place, write: boolean): Promise<string | null> {
  const { Name: name = "", Mountpoint: folder = "", Driver: driver, Options: options } = entry;
  if (!engine.local || driver !== "local" || MOUNTED.some((one) => options?.[one])) return null;
  if (!(write ? may("write") : may("read"))) return null;
  const root = await ownRoot(engine, helpers);
  if (root === null || folder !== path.join(root, "volumes", name, "_data")) return null;
  try {
    if ((await fs.realpath(folder)) !== folder || !(await fs.stat(folder)).isDirectory()) return null;
    await fs.access(folder, write ? fs.constants.R_OK | fs.constants.W_OK : fs.constants.R_OK);
    return folder;
  } catch {
    // not there, or not for us: the engine can
    return null;
  }
}

/** The folder of an engine that runs on this machine with this machine's users; null: elsewhere, or not provably here. */
async function ownRoot(engine: Engine, helpers: Helpers): Promise<string | null> {
  const known = proofs.get(engine);
  if (known && monotonic() - known.at < HOLDS) return known.root;
  const root = await prove(engine, helpers);
  proofs.set(engine, { root, at: monotonic() });
  return root;
}

async function prove(engine: Engine, helpers: Helpers): Promise<string | null> {
  const info = await engine.get<EngineInfo>("/info");
  const root = info.DockerRootDir ?? "";
  // owners on the disk are not those that containers see
  const isShifted = (info.SecurityOptions ?? []).some((option) => /name=(userns|rootless)/.test(option));
  if (isShifted || !path.isAbsolute(root)) return null;
  const containers = await engine.get<ListEntry[]>("/containers/json", { all: true, limit: 1 });
  const id = containers[0]?.Id;
  if (id && isContainerId(id)) return (await isHere(root, id)) ? root : null;
  const helper = await helpers.create(null);
  try {
    return (await isHere(root, helper)) ? root : null;
  } finally {
    await helpers.remove(helper);
  }
}

async function isHere(root: string, id: string): Promise<boolean> {
  const places = [path.join(root, "containers", id), path.join(root, "overlay-containers", id)];
  for (const place of places) {
    const stats = await fs.lstat(place).catch(() => null);
    if (stats?.isDirectory()) return true;
  }
  return false;
}
