/**
 * The container through which the engine reads and writes a volume. It is made with the volume mounted and never started, so
 * that nothing of anybody's runs: its image is an empty one, made here, without any registry.
 */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import { containerPath, isContainerId } from "./names.ts";
import type { ListEntry } from "./shapes.ts";
import { isHelper, HELPER_LABEL as LABEL } from "./volumes-names.ts";

/** where the volume is mounted in a helper */
export const MOUNT = "v";
const REPOSITORY = "trihelm-helper";
const TAG = "1";
const EMPTY_TAR = Buffer.alloc(1024);
/** seconds */
const PATIENCE = 60;

export class Helpers {
  readonly #engine: Engine;
  readonly #owner: string;
  readonly #inUse = new Set<string>();
  readonly #removals = new Map<string, Promise<void>>();

  constructor(engine: Engine, owner: string) {
    this.#engine = engine;
    this.#owner = owner;
  }

  /** Makes one with this volume mounted (null: none); gives its id. Whoever asks removes it. */
  async create(volume: string | null, signal?: AbortSignal): Promise<string> {
    // known before it is there: who cleans up meanwhile leaves it alone
    const name = `trihelm-helper-${randomBytes(6).toString("hex")}`;
    this.#inUse.add(name);
    try {
      const id = await this.#create(name, volume, signal).catch(async (error: unknown) => {
        if (!(error instanceof SupervisorError) || error.reason !== "not_found") throw error;
        await this.#import();
        return await this.#create(name, volume, signal);
      });
      this.#inUse.add(id);
      return id;
    } catch (error) {
      // the engine may have made it although the answer never came
      if (signal?.aborted) await this.#removeById(name);
      throw error;
    } finally {
      this.#inUse.delete(name);
    }
  }

  /** Never throws: what is left over goes with the next `removeAll`. Once is enough. */
  remove(id: string): Promise<void> {
    const known = this.#removals.get(id);
    if (known) return known;
    if (!this.#inUse.has(id)) return Promise.resolve();
    const removal = this.#removeById(id).finally(() => {
      this.#removals.delete(id);
      this.#inUse.delete(id);
    });
    this.#removals.set(id, removal);
    return removal;
  }

  /** Resolves when those that are being removed are gone: a volume is in use until then. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals.values());
  }

  /** Removes every helper of this server but those in use; how many there were. */
  async removeAll(): Promise<number> {
    const filters = { label: [`${LABEL}=${this.#owner}`] };
    const entries = await this.#engine.get<ListEntry[]>("/containers/json", { all: true, filters });
    const left = entries.filter(
      (entry) =>
        entry.Id &&
        isContainerId(entry.Id) &&
        isHelper(entry) &&
        !this.#inUse.has(entry.Id) &&
        !entry.Names?.some((name) => this.#inUse.has(name.slice(1))),
    );
    for (const { Id } of left) await this.#removeById(Id as string);
    return left.length;
  }

  async #create(name: string, volume: string | null, signal: AbortSignal | undefined): Promise<string> {
    const mount = { Type: "volume", Source: volume, Target: `/${MOUNT}`, VolumeOptions: { NoCopy: true } };
    const body = {
      Image: `${REPOSITORY}:${TAG}`,
      Cmd: ["never-started"],
      Labels: { [LABEL]: this.#owner },
      NetworkDisabled: true,
      HostConfig: { NetworkMode: "none", ...(volume === null ? {} : { Mounts: [mount] }) },
    };
    const order = { method: "POST" as const, path: "/containers/create", query: { name }, body, seconds: PATIENCE };
    const { Id = "" } = await this.#engine.send<{ Id?: string }>({ ...order, signal });
    if (!isContainerId(Id))
      throw new SupervisorError("refused", "The engine gave a container an id of an unknown shape");
    return Id;
  }

  async #import(): Promise<void> {
    const query = { fromSrc: "-", repo: REPOSITORY, tag: TAG };
    const data = Readable.from([EMPTY_TAR]);
    await this.#engine.send({ method: "POST", path: "/images/create", query, data, seconds: PATIENCE });
  }

  /** `id` may be a name of our own making. */
  async #removeById(id: string): Promise<void> {
    const path = isContainerId(id) ? containerPath(id, "").slice(0, -1) : `/containers/${id}`;
    try {
      await this.#engine.send({ method: "DELETE", path, query: { force: true, v: false }, seconds: PATIENCE });
    } catch (error) {
      if (error instanceof SupervisorError && error.reason === "not_found") return;
      logger(this.#engine.scope).warn({ helper: id, why: messageOf(error) }, "a helper container stays for now");
    }
  }
}
