import { describe, expect, test, vi } from "vitest";
import type { LiveEvents, Service } from "#lib/services/service.ts";
import { LiveStore } from "./live-store.ts";

function service(name: string, over: Partial<Service> = {}): Service {
  const fixed = { id: `local/docker/${name}`, name, state: "running", cpu: 0.1, pending: null };
  const memory = { used: 100, limit: 1000 };
  return { ...fixed, memory, instances: [], ...over } as Service;
}

function snapshot(items: Service[], over: Partial<LiveEvents["snapshot"]> = {}): LiveEvents["snapshot"] {
  return {
    items,
    supervisors: [],
    needs: [],
    host: null,
    sparks: {},
    generatedAt: "2025-11-14T14:32:08.000Z",
    ...over,
  };
}

const A = "local/docker/a";
const B = "local/docker/b";
const usage = (id: string, cpu: number, at = "2025-11-14T14:32:10.000Z") => ({
  event: "usage" as const,
  data: { at, items: [{ id, cpu, memory: { used: 200, limit: 1000 }, instances: [] }] },
});

describe("live store", () => {
  test("figures reach their own row only, and keep the limit", () => {
    const store = new LiveStore(snapshot([service("a"), service("b")]));
    const [rowA, rowB, list] = [vi.fn(), vi.fn(), vi.fn()];
    store.subscribe(`service:${A}`, rowA);
    store.subscribe(`service:${B}`, rowB);
    store.subscribe("services", list);
    store.apply([usage(A, 0.5)]);
    expect([rowA, rowB, list].map((fn) => fn.mock.calls.length)).toEqual([1, 0, 0]);
    expect(store.service(A)).toMatchObject({ cpu: 0.5, memory: { used: 200, limit: 1000 } });
  });

  test("events that come together are told once", () => {
    const store = new LiveStore(snapshot([service("a")]));
    const list = vi.fn();
    store.subscribe("services", list);
    store.apply([
      { event: "service", data: service("a", { state: "stopping" }) },
      { event: "service", data: service("a", { state: "stopped" }) },
    ]);
    expect(list).toHaveBeenCalledTimes(1);
    expect(store.services()[0]?.state).toBe("stopped");
  });

  test("a service that comes is listed, one that goes is gone", () => {
    const store = new LiveStore(snapshot([service("a")]));
    store.apply([{ event: "service", data: service("b") }]);
    expect(store.services().map((it) => it.id)).toEqual([A, B]);
    store.apply([{ event: "gone", data: { id: A } }]);
    expect(store.services().map((it) => it.id)).toEqual([B]);
    expect(store.service(A)).toBeNull();
  });

  test("a new snapshot leaves untouched what is the same", () => {
    const store = new LiveStore(snapshot([service("a"), service("b")]));
    const before = store.service(A);
    const [rowA, rowB] = [vi.fn(), vi.fn()];
    store.subscribe(`service:${A}`, rowA);
    store.subscribe(`service:${B}`, rowB);
    store.apply([{ event: "snapshot", data: snapshot([service("a"), service("b", { state: "failed" })]) }]);
    expect(store.service(A)).toBe(before);
    expect([rowA.mock.calls.length, rowB.mock.calls.length]).toEqual([0, 1]);
  });

  test("an action shows at once, and the server's own word goes before it", () => {
    const store = new LiveStore(snapshot([service("a")]));
    const asked = { action: "restart", since: "2025-11-14T14:32:09.000Z", actor: "you" } as const;
    const told = { ...asked, actor: "mara" };
    store.setAsked(A, asked);
    expect(store.service(A)?.pending?.actor).toBe("you");
    store.apply([{ event: "service", data: service("a", { pending: told }) }]);
    expect(store.service(A)?.pending?.actor).toBe("mara");
    store.apply([{ event: "service", data: service("a") }]);
    expect(store.service(A)?.pending?.actor).toBe("you");
    store.setAsked(A, null);
    expect(store.service(A)?.pending).toBeNull();
  });

  test("within a minute the last point of a line moves, with the next one the line does", () => {
    const store = new LiveStore(
      snapshot([service("a"), service("b")], { sparks: { [A]: [0.1, 0.2], [B]: [0.3, 0.1] } }),
    );
    store.apply([usage(A, 0.5)]);
    expect(store.sparks(A)).toEqual([0.1, 0.5]);
    store.apply([usage(A, 0.6, "2025-11-14T14:33:01.000Z")]);
    expect(store.sparks(A)).toEqual([0.1, 0.5, 0.6]);
    expect(store.sparks(B)).toEqual([0.3, 0.1, 0.1]);
    expect(store.sparks("local/docker/unknown")).toEqual([]);
  });

  test("a line holds an hour", () => {
    const store = new LiveStore(snapshot([service("a")], { sparks: { [A]: new Array(60).fill(0) } }));
    store.apply([usage(A, 1, "2025-11-14T14:33:01.000Z")]);
    expect(store.sparks(A)).toHaveLength(60);
    expect(store.sparks(A).at(-1)).toBe(1);
  });
});
