import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import tar from "tar-stream";
import { beforeEach, describe, expect, test } from "vitest";
import { SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import { parseEntry } from "./parse.ts";
import type { ListEntry } from "./shapes.ts";
import { volumesOf } from "./volumes.ts";
import { BelowMount } from "./volumes-below.ts";

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
  gather: () => Readable.from([])[Symbol.asyncIterator]() as AsyncGenerator<Buffer>,
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

describe("a tar below the mount", () => {
  const pack = async (add: (pack: tar.Pack) => void) => {
    const made = tar.pack();
    add(made);
    made.finalize();
    return buffer(made as unknown as Readable);
  };
  const move = async (whole: Buffer, size: number) => {
    const cut = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
      whole.subarray(n * size, (n + 1) * size),
    );
    return buffer(Readable.from(cut).pipe(new BelowMount()));
  };
  const read = async (moved: Buffer) => {
    const found: [string, string, string | null | undefined, string][] = [];
    const extract = tar.extract();
    Readable.from([moved]).pipe(extract);
    for await (const entry of extract) {
      const { name, type, linkname } = entry.header;
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      found.push([name, type ?? "", linkname, Buffer.concat(chunks).toString()]);
    }
    return found;
  };
  const long = `./${"ä".repeat(150)}`;

  test("has every name there, whatever it is cut into; links that are no hard ones lead where they led", async () => {
    const whole = await pack((one) => {
      one.entry({ name: "./", type: "directory" });
      one.entry({ name: `./a/${"b".repeat(120)}` }, "split name");
      one.entry({ name: long }, "x".repeat(1000));
      one.entry({ name: "./hard", type: "link", linkname: long });
      one.entry({ name: "./soft", type: "symlink", linkname: "./../nowhere" });
      one.entry({ name: "./.hidden" }, "");
    });
    for (const size of [1, 100, 512, 65_536]) {
      const moved = await move(whole, size);
      expect(moved.length).toBe(whole.length);
      expect(await read(moved)).toEqual([
        ["v/", "directory", null, ""],
        [`v/a/${"b".repeat(120)}`, "file", null, "split name"],
        [long.replace("./", "v/"), "file", null, "x".repeat(1000)],
        ["v/hard", "link", long.replace("./", "v/"), ""],
        ["v/soft", "symlink", "./../nowhere", ""],
        ["v/.hidden", "file", null, ""],
      ]);
    }
  });

  test.each(["a", "/a", "../a", ".a"])("a name like %j is refused", async (name) => {
    const whole = await pack((one) => void one.entry({ name }, "x"));
    await expect(move(whole, 512)).rejects.toMatchObject({ reason: "refused" });
  });

  test("a root that is a file would empty the volume: it is refused", async () => {
    const whole = await pack((one) => void one.entry({ name: "./x" }, "x"));
    whole.write("./\0", 0);
    await expect(move(whole, 512)).rejects.toMatchObject({ reason: "refused" });
  });
});
