import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { GuestView } from "#lib/relay/shapes.ts";
import { guestViewOf, openGuestPage } from "./guest-rig.ts";

const MINUTE = 60_000;
const inMinutes = (minutes: number) => new Date(Date.now() + MINUTE * minutes).toISOString();

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A server that lets in, and shows what `view` is at the time. */
const showing = (view: () => GuestView) => (method: string) =>
  method === "POST" ? { status: 204 } : { status: 200, body: view() };

describe("the pass", () => {
  test("is renewed before it ends, where the link lives for longer", async () => {
    let until = inMinutes(60);
    const view = () => guestViewOf({ until, expiresAt: "2026-11-22T12:00:00.000Z" });
    const page = await openGuestPage({ answer: showing(view) });
    expect(page.asked).toEqual(["POST", "GET"]);
    await vi.advanceTimersByTimeAsync(54 * MINUTE);
    expect(page.asked).toEqual(["POST", "GET"]);
    until = inMinutes(60);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(page.asked).toEqual(["POST", "GET", "POST", "GET"]);
    expect(page.streams.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });

  test("is renewed once its link is given more time, and left alone where it outlives it", async () => {
    const first = guestViewOf();
    const page = await openGuestPage({ answer: showing(() => first) });
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(page.asked).toHaveLength(2);
    page.streams[0]?.tell({ ...first, expiresAt: inMinutes(20) });
    await vi.advanceTimersByTimeAsync(6 * MINUTE);
    expect(page.asked.slice(2, 4)).toEqual(["POST", "GET"]);
  });

  test("is asked for seldom where that changes nothing, and what is shown stays meanwhile", async () => {
    const view = guestViewOf({ until: inMinutes(1), expiresAt: inMinutes(600) });
    let posts = 0;
    const page = await openGuestPage({
      answer: (method) => {
        if (method === "POST") posts += 1;
        return posts > 1 && method === "POST" ? { status: 429 } : showing(() => view)(method);
      },
    });
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(posts).toBeGreaterThan(2);
    expect(posts).toBeLessThanOrEqual(6);
    expect([page.part("code").hidden, page.part("result").hidden]).toEqual([false, true]);
  });

  test("a page that is loaded anew has its link still, and one that never had it says so", async () => {
    const page = await openGuestPage({ answer: showing(() => guestViewOf()) });
    expect(page.history.state).toEqual({ token: "secret" });
    const bodies: unknown[] = [];
    await openGuestPage({
      address: "/relay/link-one",
      state: page.history.state,
      answer: (method, body) => {
        bodies.push(body);
        return showing(() => guestViewOf())(method);
      },
    });
    expect(bodies[0]).toEqual({ id: "link-one", token: "secret" });
    const bare = await openGuestPage({ address: "/relay/link-one", answer: () => ({ status: 401, body: {} }) });
    expect(bare.text("result-head")).toBe("This page has lost its link");
  });
});

describe("the end", () => {
  test("of a link in its last minute is no refused cookie", async () => {
    const view = guestViewOf({ expiresAt: inMinutes(0.5), until: inMinutes(0.5) });
    let isIn = true;
    const page = await openGuestPage({
      answer: (method) => (isIn ? showing(() => view)(method) : { status: 401, body: {} }),
    });
    isIn = false;
    await vi.advanceTimersByTimeAsync(0.6 * MINUTE);
    page.streams[0]?.onerror();
    await vi.advanceTimersByTimeAsync(1000);
    expect(page.text("result-head")).toBe("This link has expired");
  });

  test("a browser that keeps no cookie is told", async () => {
    const page = await openGuestPage({ answer: (method) => ({ status: method === "POST" ? 204 : 401 }) });
    expect(page.text("result-head")).toBe("This browser refused a cookie");
  });

  test("an address that cannot be decoded is no link", async () => {
    const page = await openGuestPage({ address: "/relay/%E0%A4#x", answer: () => ({ status: 404, body: {} }) });
    expect(page.text("result-head")).toBe("This link does not work");
  });
});

describe("the picture", () => {
  test("of the last code is covered until that of the next is there", async () => {
    const page = await openGuestPage({ answer: showing(() => guestViewOf()) });
    const isShown = () => !page.part("picture").hidden && page.part("veil").hidden && !page.part("times").hidden;
    expect([isShown(), page.text("veil-head")]).toEqual([false, "The code is on its way"]);
    page.pictures[0]?.onload();
    expect(isShown()).toBe(true);
    page.streams[0]?.tell(guestViewOf({ version: "second" }));
    expect(isShown()).toBe(false);
    page.pictures[1]?.onload();
    expect(isShown()).toBe(true);
    expect(page.part("picture").src).toContain("version=second");
  });

  test("that does not come is asked for again, ever more seldom, for as long as it is wanted", async () => {
    const page = await openGuestPage({ answer: showing(() => guestViewOf()) });
    for (const [index, pause] of [400, 800, 1600, 3200].entries()) {
      page.pictures[index]?.onerror();
      expect(page.text("veil-head")).toBe("The code did not load");
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(page.pictures).toHaveLength(index + 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(page.pictures).toHaveLength(index + 2);
    }
    page.pictures[4]?.onerror();
    page.streams[0]?.tell(guestViewOf({ state: "none", version: null, kind: null, rotates: null }));
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect([page.pictures.length, page.text("veil-head")]).toEqual([5, "No code now"]);
    page.streams[0]?.tell(guestViewOf());
    page.pictures[5]?.onload();
    expect(page.part("picture").hidden).toBe(false);
  });
});

describe("words", () => {
  test.each([
    [true, 20, "New code in 20 s"],
    [true, -1, "New code any moment"],
    [false, 20, "Valid for 20 s"],
    [false, -1, "Its time is over"],
    [false, null, ""],
  ])("it rotates: %s, in %s s: %s", async (rotates, seconds, words) => {
    const renewsAt = seconds === null ? null : inMinutes((seconds - 0.5) / 60);
    const page = await openGuestPage({ answer: showing(() => guestViewOf({ rotates, renewsAt })) });
    expect(page.text("next")).toBe(words);
  });

  test.each([
    [null, "Expires in 14 min."],
    [0, "Cannot be opened again. Expires in 14 min."],
    [1, "Can be opened once more. Expires in 14 min."],
    [2, "Can be opened 2 more times. Expires in 14 min."],
  ])("%s openings left: %s", async (opensLeft, words) => {
    const page = await openGuestPage({ answer: showing(() => guestViewOf({ opensLeft, expiresAt: inMinutes(14.5) })) });
    expect(page.text("foot")).toBe(words);
    expect(page.part("send").hidden).toBe(opensLeft === 0);
  });

  test("what does not rotate promises no next one", async () => {
    const page = await openGuestPage({
      answer: showing(() => guestViewOf({ kind: "signal", rotates: false, state: "stale", renewsAt: null })),
    });
    expect(page.text("veil-text")).toBe("If the scheduler shows another one, it appears here by itself.");
  });
});
