import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import { Containers } from "./containers.ts";
import type { ContainerInspect, ListEntry } from "./shapes.ts";

const idOf = (name: string) => Buffer.from(name).toString("hex").padEnd(64, "0");

/** An engine of made-up containers that counts what it is asked. */
function fakeEngine(entries: Map<string, { entry: ListEntry; inspect: ContainerInspect | null }>) {
  const calls: string[] = [];
  const engine: Engine = {
    scope: "docker",
    local: false,
    close: () => undefined,
    probe: async () => ({ status: "ready", version: "1", channel: "socket" }),
    post: async () => undefined,
    send: () => Promise.reject(new Error("not in this test")),
    async get<T>(path: string, query: { filters?: object } = {}): Promise<T> {
      calls.push(path);
      const only = (query.filters as { id?: string[] } | undefined)?.id;
      const all = [...entries.values()].filter(({ entry }) => !only || only.includes(entry.Id!));
      if (path === "/containers/json") return structuredClone(all.map(({ entry }) => entry)) as T;
      const found = [...entries.values()].find(({ entry }) => path.includes(entry.Id!));
      if (!found?.inspect) throw new SupervisorError("not_found", "gone");
      return structuredClone(found.inspect) as T;
    },
    async stream() {
      calls.push("/events");
      return Readable.from([]);
    },
    gather: () => Readable.from([])[Symbol.asyncIterator]() as AsyncGenerator<Buffer>,
  };
  return { engine, calls };
}

function container(name: string, over: { entry?: ListEntry; state?: object } = {}) {
  const Id = idOf(name);
  return {
    entry: { Id, Names: [`/${name}`], State: "running", Status: "Up 10 seconds", ...over.entry },
    inspect: { Id, State: { Status: "running", Pid: 7, StartedAt: new Date().toISOString(), ...over.state } },
  };
}

describe("reading the list", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  test("a steady refresh of many is one call", async () => {
    const many = new Map(Array.from({ length: 200 }, (_, n) => [`c${n}`, container(`c${n}`)]));
    const { engine, calls } = fakeEngine(many);
    const containers = new Containers(engine);
    expect(await containers.list()).toHaveLength(200);
    expect(calls).toHaveLength(201);
    calls.length = 0;
    vi.advanceTimersByTime(60_000);
    for (const { entry } of many.values()) entry.Status = "Up About a minute";
    await containers.list();
    expect(calls).toEqual(["/containers/json"]);
  });

  test("only what changed is looked at again, a younger one among them", async () => {
    const some = new Map(["a", "b", "c"].map((name) => [name, container(name)]));
    const { engine, calls } = fakeEngine(some);
    const containers = new Containers(engine);
    await containers.list();
    calls.length = 0;
    vi.advanceTimersByTime(30_000);
    some.get("a")!.entry.Status = "Up 40 seconds";
    some.get("b")!.entry.Status = "Up 3 seconds";
    some.get("c")!.entry = { ...some.get("c")!.entry, Status: "Up 40 seconds (Paused)", State: "paused" };
    await containers.list();
    expect(calls.filter((path) => path.endsWith("/json") && path !== "/containers/json").sort()).toEqual(
      ["b", "c"].map((name) => `/containers/${idOf(name)}/json`),
    );
  });

  test("one that goes away between list and look is left out", async () => {
    const some = new Map<string, { entry: ListEntry; inspect: ContainerInspect | null }>([
      ["a", container("a")],
      ["b", { ...container("b"), inspect: null }],
    ]);
    const containers = new Containers(fakeEngine(some).engine);
    expect((await containers.list()).map(({ name }) => name)).toEqual(["a"]);
    await expect(containers.find("b")).rejects.toMatchObject({ reason: "not_found" });
  });

  test("a name that comes back as another container leads to the new one", async () => {
    const some = new Map([["a", container("a")]]);
    const containers = new Containers(fakeEngine(some).engine);
    await containers.list();
    const anew = container("new");
    some.set("a", { ...anew, entry: { ...anew.entry, Names: ["/a"] } });
    expect((await containers.list()).map(({ name }) => name)).toEqual(["a"]);
    expect((await containers.find("a")).id).toBe(idOf("new"));
  });

  test("past events are asked for once, and only where an end is unclear", async () => {
    const ended = { entry: { State: "exited", Status: "Exited (137) 3 hours ago" } };
    const at = "2020-01-01T00:00:00Z";
    const state = { Status: "exited", Pid: 0, ExitCode: 137, FinishedAt: at };
    const some = new Map([
      ["a", container("a", { ...ended, state })],
      ["b", container("b")],
    ]);
    const { engine, calls } = fakeEngine(some);
    const containers = new Containers(engine);
    const records = await containers.list();
    expect(records.find(({ name }) => name === "a")?.state).toBe("stopped");
    expect(calls.filter((path) => path === "/events")).toHaveLength(1);
    containers.outdated(idOf("a"));
    await containers.list();
    expect(calls.filter((path) => path === "/events")).toHaveLength(1);
  });
});
