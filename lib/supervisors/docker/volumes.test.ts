import { Readable } from "node:stream";
import { beforeEach, describe, expect, test } from "vitest";
import { SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import { parseEntry } from "./parse.ts";
import type { ListEntry } from "./shapes.ts";
import { volumesOf } from "./volumes.ts";
import { HeadOfTar } from "./volumes-head.ts";

const never = new AbortController().signal;
const requests: string[] = [];
let containers: ListEntry[] = [];
let inspected: Record<string, unknown> = {};

const get = async (path: string) => {
  requests.push(`GET ${path}`);
  if (path === "/containers/json") return containers;
  if (path.startsWith("/containers/")) return inspected;
  if (path === "/volumes") return { Volumes: [{ Name: "wa-db", CreatedAt: "0001-01-01T00:00:00Z" }, {}] };
  throw new SupervisorError("not_found", "no such volume");
};
const engine: Engine = {
  scope: "docker",
  local: true,
  probe: async () => ({ status: "ready", version: "1", channel: "socket" }),
  get: get as Engine["get"],
  post: async () => undefined,
  send: async <T>({ method, path }: { method: string; path: string }) => {
    requests.push(`${method} ${path}`);
    return {} as T;
  },
  stream: async () => Readable.from([]),
  close: () => undefined,
};
const volumes = volumesOf(engine, "test");
beforeEach(() => {
  requests.length = 0;
  containers = [];
});

describe("names", () => {
  test.each(["../info", "a/b", "a?force=1", "a%2e%2e", "", ".x", "-x", "a b", "a\n", "ä", "x".repeat(256), "a\0"])(
    "%j is refused before the engine hears of it",
    async (name) => {
      const calls: (() => Promise<unknown>)[] = [
        () => volumes.createVolume({ name, labels: {} }),
        () => volumes.removeVolume(name),
        () => volumes.volumeUsers(name),
        () => volumes.volumeFolder(name),
        () => volumes.readVolume(name, never),
        () => volumes.writeVolume(name, Readable.from([]), never),
      ];
      for (const one of calls) await expect(one()).rejects.toMatchObject({ reason: "invalid_name" });
      expect(requests).toEqual([]);
    },
  );
});

describe("users", () => {
  const mounted = (Id: string, name: string, Mounts: ListEntry["Mounts"], more: ListEntry = {}): ListEntry => ({
    Id: Id.repeat(12),
    Names: [`/${name}`],
    State: "running",
    Mounts,
    ...more,
  });
  const mount = { Type: "volume", Name: "wa-db", RW: true };

  test("a helper of ours is none, also no service; one that somebody started is", async () => {
    const Labels = { "trihelm.helper": "x" };
    const helper = mounted("a", "helper", [mount], { Labels, State: "created" });
    containers = [helper, mounted("b", "app", [mount]), mounted("c", "odd", [mount], { Labels })];
    expect((await volumes.volumeUsers("wa-db")).map(({ name }) => name)).toEqual(["app", "odd"]);
    expect(parseEntry(helper)).toBeNull();
    expect(await volumes.volumes()).toMatchObject([{ name: "wa-db", createdAt: null, usedBy: ["app", "odd"] }]);
  });

  test("where the list says only where something is mounted, the container is asked", async () => {
    containers = [mounted("d", "podman", ["/data"])];
    inspected = { Mounts: [{ ...mount, RW: false }] };
    expect(await volumes.volumeUsers("wa-db")).toMatchObject([{ name: "podman", readOnly: true }]);
  });

  test("of a folder: one above and one below, never the whole machine or one that is called alike", async () => {
    const bind = (Source: string) => [{ Type: "bind", Source, RW: true }];
    containers = [
      mounted("1", "same", bind("/srv/app")),
      mounted("2", "above", bind("/srv")),
      mounted("3", "below", bind("/srv/app/data")),
      mounted("4", "alike", bind("/srv/app-two")),
      mounted("5", "all", bind("/")),
      mounted("6", "relative", bind("srv")),
    ];
    const names = (await volumes.folderUsers("/srv/app")).map(({ name }) => name);
    expect(names).toEqual(["same", "above", "below"]);
  });
});

describe("the head of a tar", () => {
  const header = (name: string, type: string, size = 0, mode = 0o755) => {
    const block = Buffer.alloc(512);
    block.write(name, 0);
    block.write(`${mode.toString(8).padStart(7, "0")}\0`, 100);
    block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
    block.write(type, 156);
    return block;
  };
  const read = async (...chunks: Buffer[]) => {
    const head = new HeadOfTar();
    for await (const _ of Readable.from(chunks).pipe(head));
    return head;
  };

  test("is the root's, whatever it is cut into, and bears another name then", async () => {
    const whole = Buffer.concat([header("./", "5", 0, 0o2750), header("./a", "0"), Buffer.alloc(1024)]);
    for (const size of [1, 100, 512, 4096]) {
      const cut = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
        whole.subarray(n * size, (n + 1) * size),
      );
      const root = (await read(...cut)).root("v");
      expect(root?.toString("latin1", 0, 3)).toBe("v/\0");
      expect(root?.toString("latin1", 100, 107)).toBe("0002750");
      const sum = Number.parseInt(root?.toString("latin1", 148, 154) ?? "", 8);
      const bytes = Buffer.from(root?.subarray(0, 512) ?? []).fill(" ", 148, 156);
      expect(sum).toBe(bytes.reduce((total, byte) => total + byte, 0));
    }
  });

  test("keeps an extended header before it, and is none where the archive begins with something else", async () => {
    const records = Buffer.alloc(512);
    records.write("20 mtime=1.5\n");
    const extended = await read(header("x", "x", 13), records, header("./", "5"), Buffer.alloc(1024));
    expect(extended.root("v")?.length).toBe(512 * 5);
    expect((await read(header("a", "0"), Buffer.alloc(1024))).root("v")).toBeNull();
    expect((await read()).seen).toBe(false);
    expect((await read(Buffer.alloc(1024))).seen).toBe(true);
  });
});
