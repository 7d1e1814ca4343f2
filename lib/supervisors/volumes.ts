/**
 * What an engine with volumes can do beyond the supervisor contract. An adapter translates and does nothing else.
 *
 * A volume's content crosses this border as an uncompressed tar stream whose names begin at the volume's root (`./a/b`; the
 * root itself is `./`), with numeric owners. No container of ours ever runs: where the files cannot be read from the disk,
 * a helper container is made with the volume mounted and never started, and removed when the stream ends, whichever way.
 *
 * Errors: `SupervisorError` only; `refused` with the engine's own words where a volume is in use.
 */
import type { Readable } from "node:stream";
import type { Supervisor } from "./supervisor.ts";

export interface VolumeRecord {
  name: string;
  /** `local`, or a plugin's */
  driver: string;
  /** as the engine says, on the engine's own machine */
  mountpoint: string;
  labels: Record<string, string>;
  /** what the driver was given; a `local` volume with `type` or `device` is somebody else's storage */
  options: Record<string, string>;
  /** compose project or stack */
  group: string | null;
  /** RFC 3339 */
  createdAt: string | null;
  /** names of the containers that have it mounted, exited ones too */
  usedBy: string[];
}

/** A container that has a volume or a folder mounted. */
export interface MountUser {
  /** the service's name */
  name: string;
  /** the container's full id: another one under the same name is another container */
  id: string;
  /** the engine's word: `running`, `paused`, `exited`, `created`, `restarting` */
  state: string;
  /** `{project}/{service}/{number}`: finds it again when compose has made it anew; null for others */
  identity: string | null;
  labels: Record<string, string>;
  /** as it was named when the container was made: `postgres:16` */
  image: string;
  readOnly: boolean;
}

export interface VolumeSource {
  volumes(signal?: AbortSignal): Promise<VolumeRecord[]>;
  /** Throws `refused` where the name is taken, `invalid_name` where the engine would not take it. */
  createVolume(wanted: { name: string; labels: Record<string, string>; driver?: string }): Promise<VolumeRecord>;
  /** Throws `refused` while a container, running or not, has it mounted. */
  removeVolume(name: string): Promise<void>;
  /** Containers that have this volume mounted, exited ones too. */
  volumeUsers(name: string, signal?: AbortSignal): Promise<MountUser[]>;
  /** Containers that have this folder of the host, one above it (but the whole of `/`) or one below it mounted. */
  folderUsers(folder: string, signal?: AbortSignal): Promise<MountUser[]>;
  /** Every folder or file of this machine that a container has mounted, exited ones too. */
  bindMounts(signal?: AbortSignal): Promise<{ name: string; source: string; readOnly: boolean }[]>;
  /** Where its files are on this machine, if this process can read (`write`: and change) them; else null. Never through a link. */
  volumeFolder(name: string, wanted?: { write: boolean }): Promise<string | null>;
  /** The content, or that below `path` (`/a/b`), through the engine. Destroying the stream ends the engine's part too. */
  readVolume(name: string, signal: AbortSignal, path?: string): Promise<Readable>;
  /** Unpacks a tar stream into the volume through the engine, over what is there. Resolves when the engine says it is written. */
  writeVolume(name: string, tar: Readable, signal: AbortSignal): Promise<void>;
  /**
   * Empties the volume, through the engine. Throws `refused` where it is not empty afterwards. Absent: this engine has no way.
   * Nothing may be written into it meanwhile.
   */
  clearVolume?(name: string, signal: AbortSignal): Promise<void>;
  /** Something about volumes has changed, by whatever tool. Ends with the engine or the signal. */
  volumeChanges(signal: AbortSignal): AsyncIterable<void>;
  /** Removes every helper container of ours but those in use now; how many there were. */
  removeHelpers(): Promise<number>;
}

/** Can run a command inside a running container: only what an administrator has allowed. */
export interface ExecSource {
  /**
   * Resolves at its end. `onOutput` takes standard output as it comes (a dump), standard error is kept to 64 KiB. Throws
   * `refused` where it cannot be started. `user`: as `docker exec --user`; null: the container's own.
   */
  exec(
    name: string,
    command: { argv: readonly string[]; user: string | null; onOutput?: (chunk: Uint8Array) => Promise<void> },
    signal: AbortSignal,
  ): Promise<{ exitCode: number; stderr: string }>;
}

/** Knows what it would bring back after a reboot, and where that is kept. */
export interface SavedSource {
  /** the file that it keeps it in, whether or not it is there */
  readonly savedFile: string;
  /** What is kept there of one service, secrets included, as the tool wrote it; empty: nothing. */
  saved(name: string): Promise<unknown[]>;
}

/** Asking, not knowing the kind: does it keep a list of its own for after a reboot? */
export function isSavedSource(supervisor: Supervisor): supervisor is Supervisor & SavedSource {
  return "savedFile" in supervisor;
}

/** Asking, not knowing the kind: does it have volumes? */
export function isVolumeSource(supervisor: Supervisor): supervisor is Supervisor & VolumeSource {
  return "volumes" in supervisor;
}

/** Asking, not knowing the kind: can it run a command inside a service? */
export function isExecSource(supervisor: Supervisor): supervisor is Supervisor & ExecSource {
  return "exec" in supervisor;
}
