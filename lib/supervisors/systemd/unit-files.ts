/**
 * Which service units have files, loaded or not. Read from the folders where they are to be seen, as asking systemd costs
 * it 2 ms for each file; asked of systemd where they are not, as in a container that has its socket alone.
 */
import fs from "node:fs";
import path from "node:path";
import type { BusConnection } from "./bus/connection.ts";
import { listUnitFiles, readOwnProperty } from "./calls.ts";
import { isAdministrators } from "./listed.ts";
import { isServiceName, isTemplate, templateOf } from "./names.ts";

export interface UnitFile {
  path: string;
  /** `enabled` or `masked`; empty where the folders do not tell */
  state: string;
}

export class UnitFiles {
  readonly #files = new Map<string, UnitFile>();
  readonly #enabled = new Set<string>();

  /** `visible`: the folders here are those of the machine that systemd runs. */
  static async read(bus: BusConnection, visible: boolean): Promise<UnitFiles> {
    const found = new UnitFiles();
    if (visible) found.#scan((await readOwnProperty(bus, "UnitPath")) as string[]);
    else
      for (const file of await listUnitFiles(bus))
        if (file.state !== "alias") found.#add(path.basename(file.path), file);
    return found;
  }

  /** The file of a unit, or of its template. */
  of(name: string): UnitFile | null {
    const file = this.#files.get(name) ?? this.#files.get(templateOf(name) ?? "");
    if (!file) return null;
    return this.#enabled.has(name) ? { ...file, state: "enabled" } : file;
  }

  /** Enabled, or written by neither the distribution nor a generator: worth asking for even while it does not run. */
  matters(name: string): boolean {
    const file = this.of(name);
    if (!file || file.state.startsWith("masked")) return false;
    return file.state.startsWith("enabled") || !isDistributions(file.path);
  }

  /** Names of units that matter; systemd forgets a stopped unit that nothing refers to. */
  names(): string[] {
    return [...new Set([...this.#files.keys(), ...this.#enabled])].filter(
      (name) => isServiceName(name) && this.matters(name),
    );
  }

  #scan(folders: readonly string[]): void {
    for (const folder of folders)
      for (const entry of entriesOf(folder)) {
        const at = path.join(folder, entry.name);
        if (entry.name.endsWith(".service")) this.#addEntry(entry, at);
        // links that enable units; those of the distribution's own folders say nothing about this machine
        else if (/\.(?:wants|requires|upholds)$/.test(entry.name) && !isDistributions(at))
          for (const link of entriesOf(at)) if (isServiceName(link.name)) this.#enabled.add(link.name);
      }
  }

  #addEntry(entry: fs.Dirent, at: string): void {
    const target = entry.isSymbolicLink() ? targetOf(at) : at;
    if (target === "/dev/null") this.#add(entry.name, { path: at, state: "masked" });
    // a link to a unit of another name is an alias, to one of the same name elsewhere `systemctl link`
    else if (target !== null && path.basename(target) === entry.name)
      this.#add(entry.name, { path: target, state: "" });
  }

  /** The first folder that has a name wins, as for systemd. */
  #add(name: string, file: UnitFile): void {
    if ((isServiceName(name) || isTemplate(name)) && !this.#files.has(name)) this.#files.set(name, file);
  }
}

function isDistributions(file: string): boolean {
  return !isAdministrators(file) && !file.startsWith("/run/");
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    // most of the folders that systemd names do not exist, and one that may not be read has nothing for us
    return [];
  }
}

function targetOf(link: string): string | null {
  try {
    return path.resolve(path.dirname(link), fs.readlinkSync(link));
  } catch {
    // removed meanwhile
    return null;
  }
}
