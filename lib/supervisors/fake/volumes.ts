/**
 * Volumes of an engine in memory, their content in real folders below a temporary one. Who uses a volume is what the fake
 * services say of their mounts.
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { type Channel, channel } from "#lib/platform/channel.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { type ServiceRecord, SupervisorError } from "../supervisor.ts";
import type { ExecSource, MountUser, VolumeRecord, VolumeSource } from "../volumes.ts";
import type { FakeSupervisor } from "./adapter.ts";
import { packFolder, unpackInto } from "./volumes-tar.ts";

export interface VolumeSketch extends Partial<Omit<VolumeRecord, "name" | "usedBy" | "mountpoint">> {
  name: string;
  /** text or bytes by path; folders come of themselves */
  files?: Record<string, string | Uint8Array>;
}

type Outcome = { exitCode: number; stdout?: string; stderr?: string };

export interface FakeVolumeControls {
  /** Adds a volume, with its content where there is any; its folder is made at first need. */
  addVolume(sketch: VolumeSketch): void;
  /** Its folder, whether or not `volumeFolder` tells it. */
  folderOf(name: string): Promise<string>;
  /** From now on the disk cannot be read, as with an engine elsewhere. */
  hideFolders(isHidden: boolean): void;
  /** What commands in containers do from now on. */
  onExec(run: (name: string, argv: readonly string[]) => Outcome): void;
  /** streams that are open, which a real engine has a helper container for */
  readonly openHelpers: number;
}

export type FakeEngine = FakeSupervisor & VolumeSource & ExecSource & FakeVolumeControls;

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/;
const WORDS: Partial<Record<ServiceRecord["state"], string>> = { stopped: "exited", failed: "exited" };

interface Kept extends Omit<VolumeRecord, "usedBy" | "mountpoint"> {
  files: VolumeSketch["files"];
}

/** The same fake, with volumes. `folder`: where their content is; a temporary one that `close` removes, unless told. */
export function withVolumes(fake: FakeSupervisor, { folder }: { folder?: string } = {}): FakeEngine {
  const kept = new Map<string, Kept>();
  const filled = new Map<string, Promise<string>>();
  let root: Promise<string> | null = folder === undefined ? null : Promise.resolve(folder);
  const watchers = new Set<Channel<true>>();
  const tell = () => {
    for (const watcher of watchers) watcher.push(true);
  };
  let isHidden = false;
  let helpers = 0;
  let outcome: (name: string, argv: readonly string[]) => Outcome = () => ({ exitCode: 0 });

  const base = () => (root ??= fs.mkdtemp(path.join(os.tmpdir(), "trihelm-volumes-")));
  const find = (name: string): Kept => {
    check(name);
    const one = kept.get(name);
    if (!one) throw new SupervisorError("not_found", `${fake.scope} has no volume ${name}`);
    return one;
  };
  const folderOf = (name: string): Promise<string> => {
    const { files } = find(name);
    const known = filled.get(name) ?? base().then((at) => fill(path.join(at, name, "_data"), files ?? {}));
    filled.set(name, known);
    return known;
  };
  /** every container with its mounts */
  const containers = async () =>
    Promise.all(
      (await fake.list()).map(async (record) => ({ record, mounts: (await fake.inspect(record.name)).mounts })),
    );
  const usersOf = async (isMeant: (mount: Mount) => boolean): Promise<MountUser[]> =>
    (await containers()).flatMap(({ record, mounts }) => {
      const meant = mounts.filter(isMeant);
      return meant.length > 0
        ? [
            userOf(
              record,
              meant.every(({ readOnly }) => readOnly),
            ),
          ]
        : [];
    });

  const engine: VolumeSource & ExecSource & FakeVolumeControls = {
    async volumes() {
      const users = new Map<string, string[]>();
      for (const { record, mounts } of await containers())
        for (const { type, source } of mounts)
          if (type === "volume") users.set(source, [...(users.get(source) ?? []), record.name]);
      return [...kept.values()].map(({ files: _, ...one }) => ({
        ...one,
        mountpoint: `/var/lib/docker/volumes/${one.name}/_data`,
        usedBy: (users.get(one.name) ?? []).sort(),
      }));
    },
    async createVolume({ name, labels, driver = "local" }) {
      await fake.list();
      check(name);
      if (kept.has(name)) throw new SupervisorError("refused", `${fake.scope} has a volume ${name} already`);
      engine.addVolume({ name, labels, driver });
      return (await engine.volumes()).find((one) => one.name === name) as VolumeRecord;
    },
    async removeVolume(name) {
      find(name);
      const users = await engine.volumeUsers(name);
      if (users.length > 0)
        throw new SupervisorError("refused", `volume is in use - [${users.map(({ name: user }) => user).join(", ")}]`);
      const known = filled.get(name);
      kept.delete(name);
      filled.delete(name);
      tell();
      if (known) await fs.rm(path.dirname(await known), { recursive: true, force: true });
    },
    async volumeUsers(name) {
      check(name);
      return usersOf(({ type, source }) => type === "volume" && source === name);
    },
    folderUsers: (wanted) =>
      usersOf(
        ({ type, source }) => type === "bind" && source !== "/" && (isIn(source, wanted) || isIn(wanted, source)),
      ),
    bindMounts: async () =>
      (await containers()).flatMap(({ record, mounts }) =>
        mounts
          .filter(({ type }) => type === "bind")
          .map(({ source, readOnly }) => ({ name: record.name, source, readOnly })),
      ),
    async volumeFolder(name) {
      await fake.list();
      const found = await folderOf(name);
      return isHidden ? null : found;
    },
    async readVolume(name, signal, below = "/") {
      await fake.list();
      const from = path.join(await folderOf(name), path.normalize(`/${below}`));
      helpers += 1;
      return packFolder(from, signal).once("close", () => {
        helpers -= 1;
      });
    },
    async writeVolume(name: string, tar: Readable, signal) {
      helpers += 1;
      try {
        await fake.list();
        await unpackInto(await folderOf(name), tar, signal);
      } finally {
        tar.destroy();
        helpers -= 1;
      }
    },
    async *volumeChanges(signal) {
      const changes = channel<true>(signal);
      watchers.add(changes);
      try {
        for await (const _ of changes) yield;
      } finally {
        watchers.delete(changes);
      }
    },
    removeHelpers: async () => 0,
    async exec(name, { argv, onOutput }) {
      const record = (await fake.list()).find((one) => one.name === name);
      if (!record) throw new SupervisorError("not_found", `${fake.scope} has no ${name}`);
      if (record.state !== "running") throw new SupervisorError("refused", `${name} is ${record.state}`);
      const { exitCode, stdout = "", stderr = "" } = outcome(name, argv);
      if (stdout !== "") await onOutput?.(Buffer.from(stdout));
      return { exitCode, stderr };
    },
    addVolume({ files, ...sketch }) {
      const plain = { driver: "local", labels: {}, options: {}, group: null, createdAt: timestamp() };
      kept.set(sketch.name, { ...plain, ...sketch, files });
      tell();
    },
    folderOf,
    hideFolders(wanted) {
      isHidden = wanted;
    },
    onExec(run) {
      outcome = run;
    },
    get openHelpers() {
      return helpers;
    },
  };
  const close = fake.close.bind(fake);
  // the getter would be read once by a plain copy
  Object.defineProperties(fake, Object.getOwnPropertyDescriptors(engine));
  fake.close = () => {
    close();
    for (const watcher of watchers) watcher.close();
    if (folder === undefined) void root?.then((at) => fs.rm(at, { recursive: true, force: true }));
  };
  return fake as FakeEngine;
}

type Mount = Awaited<ReturnType<FakeSupervisor["inspect"]>>["mounts"][number];

function userOf(record: ServiceRecord, readOnly: boolean): MountUser {
  return {
    name: record.name,
    // begins with what its instance is called, as a container's whole id does, and is nobody else's
    id: `${record.instances[0]?.id ?? ""}${createHash("sha256").update(record.name).digest("hex")}`,
    state: WORDS[record.state] ?? record.state,
    identity: record.group === null ? null : `${record.group}/${record.title}/1`,
    labels: {},
    image: record.source,
    readOnly,
  };
}

function check(name: string): void {
  if (!NAME.test(name)) throw new SupervisorError("invalid_name", "This is not a name that a volume can have");
}

async function fill(folder: string, files: Record<string, string | Uint8Array>): Promise<string> {
  await fs.mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, content);
  }
  return folder;
}

function isIn(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}
