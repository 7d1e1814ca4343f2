import { afterEach, expect, test, vi } from "vitest";
import { FarSearch } from "./far-search.ts";
import { says, serveLines } from "./lines-rig.ts";
import type { LogAsk } from "./log-requests.ts";

const ask: LogAsk = { services: ["a"], params: [["since", "1h"]], endless: true, searches: false, keeps: () => true };
const search = ["q", "x"] as const;
afterEach(() => vi.unstubAllGlobals());

test("finds everything newest first, and knows what is beside a time", async () => {
  const [one, two, three] = [says("x 1"), says("x 2"), says("x 3")];
  const server = serveLines(() => [three, two, one]);
  const far = new FarSearch();
  far.begin({ ask, search, test: () => true });
  await vi.waitFor(() => expect(far.status.phase).toBe("done"));
  expect(far.status.count).toBe(3);
  expect(Object.fromEntries(server.asked[0]!)).toEqual({
    ...{ since: "1h", q: "x", tail: "5000", order: "newest", progress: "1" },
  });
  expect(far.countAfter(two.time)).toBe(1);
  expect(await far.nearest("before", two.time)).toEqual({ cursor: one.cursor, time: one.time });
  expect(await far.nearest("after", two.time)).toEqual({ cursor: three.cursor, time: three.time });
  expect(await far.nearest("before", one.time)).toBeNull();
});

test("what the page itself would not call a match is none", async () => {
  serveLines(() => [says("X"), says("x")]);
  const far = new FarSearch();
  far.begin({ ask, search, test: ({ text }) => text === "x" });
  await vi.waitFor(() => expect(far.status.phase).toBe("done"));
  expect(far.status.count).toBe(1);
});

test("times of different precision are in order", async () => {
  const at = (time: string) => says("x", { time: `2025-11-14T14:00:00.${time}Z` });
  serveLines(() => [at("100200"), at("100"), at("0999")]);
  const far = new FarSearch();
  far.begin({ ask, search, test: () => true });
  await vi.waitFor(() => expect(far.status.phase).toBe("done"));
  expect(far.countAfter("2025-11-14T14:00:00.100Z")).toBe(1);
});

test("a search that fails is told, with what it found before", async () => {
  serveLines(() => ({ status: 503, code: "supervisor_unavailable" }));
  const far = new FarSearch();
  far.begin({ ask, search, test: () => true });
  await vi.waitFor(() => expect(far.status.phase).toBe("failed"));
  far.clear();
  expect(far.status.phase).toBe("idle");
});
