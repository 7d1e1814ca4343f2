import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KeptLines } from "./kept-lines.ts";
import { says, serveLines } from "./lines-rig.ts";
import type { LogAsk } from "./log-requests.ts";
import { LogStore } from "./log-store.ts";

const ASK: LogAsk = { services: ["a"], params: [], endless: true, searches: false, keeps: () => true };
const texts = ({ ring }: LogStore) =>
  Array.from({ length: ring.size }, (_, offset) => ring.at(ring.first + offset)?.text);

let store: LogStore;
beforeEach(() => {
  // no frames out of sight: what arrives is handed on by the clock
  vi.stubGlobal("document", { hidden: true });
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterEach(() => {
  store.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("follows from the newest lines, and after a loss from the last one that it has", async () => {
  const [one, two, three] = [says("one"), says("two"), says("three")];
  const server = serveLines((query) => (query.get("after") === two.cursor ? [three] : [one, two]));
  store = new LogStore(ASK);
  store.open();
  await vi.waitFor(() => expect(texts(store)).toEqual(["one", "two"]));
  expect(store.status.phase).toBe("live");
  server.cut();
  await vi.waitFor(() => expect(store.status.phase).toBe("lost"));
  store.retryNow();
  await vi.waitFor(() => expect(texts(store)).toEqual(["one", "two", "three"]));
  expect(server.asked.map((query) => query.get("after"))).toEqual([null, two.cursor]);
});

test("a refusal is told and not tried again by itself", async () => {
  const server = serveLines(() => ({ status: 403, code: "forbidden" }));
  store = new LogStore(ASK);
  store.open();
  await vi.waitFor(() => expect(store.status.phase).toBe("refused"));
  expect(store.status.problem?.code).toBe("forbidden");
  expect(server.asked.length).toBe(1);
});

test("while it is paused lines are counted, and come when it goes on", async () => {
  const server = serveLines(() => [says("one")]);
  store = new LogStore(ASK);
  store.open();
  await vi.waitFor(() => expect(store.ring.size).toBe(1));
  store.pause();
  server.print(says("two"), says("three"));
  await vi.waitFor(() => expect(store.status.waiting).toBe(2));
  store.resume();
  expect(store.status).toMatchObject({ paused: false, waiting: 0 });
  expect(texts(store)).toEqual(["one", "two", "three"]);
});

test("matches are shown as they are found on the way back, then what comes after the newest of them", async () => {
  const [old, late] = [says("old match"), says("late match")];
  const server = serveLines((query) => (query.get("order") === "newest" ? [late, old] : []));
  store = new LogStore({ ...ASK, params: [["q", "match"]], searches: true });
  store.open();
  await vi.waitFor(() => expect(store.status.phase).toBe("live"));
  expect(texts(store)).toEqual(["old match", "late match"]);
  expect(store.status).toMatchObject({ older: "none", progress: null });
  const follower = server.asked[1]!;
  expect([follower.get("follow"), follower.get("after")]).toEqual(["1", late.cursor]);
});

test("where nothing was found it follows from about the time that it began", async () => {
  const server = serveLines(() => []);
  store = new LogStore({ ...ASK, params: [["q", "match"]], searches: true });
  store.open();
  await vi.waitFor(() => expect(store.status.phase).toBe("live"));
  const follower = server.asked[1]!;
  expect(follower.get("tail")).toBe("all");
  const age = Date.now() - Date.parse(follower.get("since") ?? "");
  expect(age).toBeGreaterThanOrEqual(60_000);
  expect(age).toBeLessThan(120_000);
});

test("a search that was stopped goes on behind the oldest match, and leaves what is followed alone", async () => {
  const [old, late] = [says("old match"), says("late match")];
  const progress = { lines: 9000, bytes: 0, searchedTo: old!.time, done: false };
  const server = serveLines(
    (query) => (query.get("order") !== "newest" ? [] : query.has("before") ? [old!] : [late!, { progress }]),
    (query) => query.get("order") === "newest" && !query.has("before"),
  );
  store = new LogStore({ ...ASK, params: [["q", "match"]], searches: true });
  store.open();
  await vi.waitFor(() => expect(store.status.progress).toEqual(progress));
  store.stopSearch();
  await vi.waitFor(() => expect(store.status).toMatchObject({ older: "stopped", phase: "live", progress }));
  await store.searchOn();
  expect(texts(store)).toEqual(["old match", "late match"]);
  expect(store.status).toMatchObject({ older: "none", phase: "live", progress: null });
  expect(server.asked.map((query) => [query.get("order"), query.get("before"), query.get("q")])).toEqual([
    ["newest", null, "match"],
    [null, null, "match"],
    ["newest", late!.cursor, "match"],
  ]);
});

test("where a stopped search had found nothing it goes on at the time that it had come to", async () => {
  const progress = { lines: 9000, bytes: 0, searchedTo: "2025-11-14T09:00:00.000Z", done: false };
  const server = serveLines(
    (query) => (query.get("order") === "newest" && !query.has("until") ? [{ progress }] : []),
    (query) => query.get("order") === "newest" && !query.has("until"),
  );
  store = new LogStore({ ...ASK, params: [["q", "match"]], searches: true });
  store.open();
  await vi.waitFor(() => expect(store.status.progress).toEqual(progress));
  store.stopSearch();
  await vi.waitFor(() => expect(store.status.older).toBe("stopped"));
  await store.searchOn();
  expect(server.asked.at(-1)?.get("until")).toBe(progress.searchedTo);
  expect(store.status).toMatchObject({ older: "none", progress: null });
});

test("opens at a line with what is around it", async () => {
  const lines = Array.from({ length: 9 }, (_, n) => says(`line ${n}`));
  const wanted = lines[4]!;
  serveLines((query) => {
    const at = (name: string) => lines.findIndex(({ cursor }) => cursor === query.get(name));
    if (query.has("before")) return lines.slice(0, at("before"));
    return lines.slice(at("after") + 1);
  });
  store = new LogStore(ASK);
  const index = await store.openAt(ASK, wanted.cursor);
  expect(index).not.toBeNull();
  expect(store.ring.at(index!)?.text).toBe("line 4");
  expect(texts(store)).toEqual(lines.map(({ text }) => text));
  expect(store.status).toMatchObject({ paused: true, cut: false });
});

test("opens at a line of several services by its time and mark, whatever its cursor says of the others", async () => {
  const lines = Array.from({ length: 9 }, (_, n) => {
    const line = says(`line ${n}`, { service: n % 3 === 0 ? "a" : "b" });
    return { ...line, cursor: `${line.time}~ab1~${n % 3 === 0 ? 0 : 1}_m${n}_0~2_x_${n}` };
  });
  const wanted = lines[6]!;
  const found = wanted.cursor.replace("~2_x_6", "~1_m1_5~2_x_6");
  serveLines((query) => {
    const until = query.get("until");
    if (until !== null) return lines.filter(({ time }) => time <= until);
    // of the others it goes on before the line that the search found last
    if (query.has("before")) return [lines[0]!, lines[1]!, lines[3]!];
    return lines.slice(lines.findIndex(({ cursor }) => cursor === query.get("after")) + 1);
  });
  store = new LogStore(ASK);
  const index = await store.openAt({ ...ASK, services: ["a", "b", "c"] }, found);
  expect(store.ring.at(index ?? Number.NaN)?.text).toBe("line 6");
  expect(texts(store)).toEqual(lines.map(({ text }) => text));
});

test("what came while the view was cut is there once after scrolling down to it", async () => {
  const [one, two, three, four, five] = ["one", "two", "three", "four", "five"].map((text) => says(text));
  const server = serveLines((query) => {
    if (!query.has("after")) return [one!, two!];
    return query.get("after") === three!.cursor ? [four!] : [];
  });
  store = new LogStore(ASK, new KeptLines({ lines: 3, weight: 1e6 }));
  store.open();
  await vi.waitFor(() => expect(store.ring.size).toBe(2));
  store.pause();
  server.print(three!);
  await vi.waitFor(() => expect(store.status.cut).toBe(true));
  server.print(four!);
  // it has arrived, and is not yet handed on
  await new Promise((resolve) => setTimeout(resolve, 20));
  await store.loadNewer();
  store.resume();
  await vi.waitFor(() => expect(server.asked.at(-1)?.get("follow")).toBe("1"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  server.print(five!);
  await vi.waitFor(() => expect(texts(store).at(-1)).toBe("five"));
  expect(texts(store)).toEqual(["three", "four", "five"]);
});
