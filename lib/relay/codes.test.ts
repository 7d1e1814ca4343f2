import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { Codes, codeOf, renewalOf } from "./codes.ts";
import { seen, whatsapp } from "./relay-rig.ts";

const ID = "local/docker/wa";
const T = Date.UTC(2026, 10, 21, 12);
let codes: Codes;
let told: string[];

beforeEach(() => {
  codes = new Codes();
  told = [];
  codes.listen((held, what, outcome) => told.push(`${what} ${held.state}${outcome ? ` ${outcome}` : ""}`));
});

const at = (seconds: number) => T + seconds * 1000;
const see = (n: number, seconds: number) => codes.see(ID, seen(whatsapp(n)), at(seconds), at(seconds));

describe("the life of a code", () => {
  test("it waits, is replaced by its next, and only the newest is kept", () => {
    see(1, 0);
    see(2, 60);
    see(3, 80);
    expect(codes.all()).toHaveLength(1);
    expect(codes.of(ID)).toMatchObject({ payload: whatsapp(3), codes: 3, firstSeenAt: at(0), seenAt: at(80) });
    expect(JSON.stringify(codes.all())).not.toContain(whatsapp(2));
    expect(renewalOf(codes.of(ID)!)).toBe(new Date(at(100)).toISOString());
  });

  test("the first may be scanned for a minute, the following for 20 s, and a moment more for the next to come", () => {
    see(1, 0);
    codes.tick(at(60));
    expect(codes.of(ID)?.state).toBe("waiting");
    codes.tick(at(61.1));
    expect(codes.of(ID)?.state).toBe("stale");
    see(2, 62);
    expect(codes.of(ID)?.state).toBe("waiting");
    codes.tick(at(83.1));
    expect(codes.of(ID)?.state).toBe("stale");
    expect(told).toEqual(["seen waiting", "changed stale", "seen waiting", "changed stale"]);
  });

  test("two minutes after it is stale nobody is asked any more, and nothing is kept that could be scanned", () => {
    see(1, 0);
    codes.tick(at(62));
    codes.tick(at(181));
    expect(told.at(-1)).toBe("ended stale expired");
    expect(codes.of(ID)).toMatchObject({ payload: null, matrix: null, state: "stale" });
    codes.tick(at(181 + 601));
    expect(codes.isEmpty).toBe(true);
    see(2, 1000);
    expect(codes.of(ID)).toMatchObject({ codes: 1, firstSeenAt: at(1000) });
  });

  test("linked ends it, once; what is printed of it after that is nothing new", () => {
    expect(codes.link(ID, at(0))).toBe(false);
    see(1, 0);
    expect(codes.link(ID, at(-5), at(1))).toBe(false);
    expect(codes.link(ID, at(9), at(9))).toBe(true);
    expect(codes.link(ID, at(10), at(10))).toBe(false);
    see(1, 11);
    expect(codes.of(ID)).toMatchObject({ state: "linked", payload: null, matrix: null });
    see(2, 12);
    expect(codes.of(ID)).toMatchObject({ state: "waiting", codes: 1 });
  });

  test("it goes with its service", () => {
    see(1, 0);
    codes.drop(ID, at(5));
    expect(told.slice(-2)).toEqual(["ended waiting gone", "removed waiting"]);
    expect(codes.isEmpty).toBe(true);
  });

  test("the word that somebody has scanned may come after its process has ended", () => {
    see(1, 0);
    codes.leave(ID, at(5), at(5));
    codes.tick(at(6));
    expect(codes.of(ID)?.state).toBe("waiting");
    expect(codes.link(ID, at(5), at(6))).toBe(true);
    codes.tick(at(7.1));
    expect(told).toEqual(["seen waiting", "ended linked linked", "removed linked"]);
  });

  test("what ended without a word goes a moment later, at once where the next run shows another", () => {
    see(1, 0);
    codes.leave(ID, at(5), at(5));
    codes.tick(at(7.1));
    expect(told.slice(-2)).toEqual(["ended waiting gone", "removed waiting"]);
    see(2, 10);
    codes.leave(ID, at(15), at(15));
    see(3, 15.5);
    expect(codes.of(ID)).toMatchObject({ codes: 1, firstSeenAt: at(15.5), leaving: null });
    codes.tick(at(20));
    expect(codes.of(ID)?.payload).toBe(whatsapp(3));
  });

  test("one that is found again after this server was cut off goes on as it was", () => {
    codes.resume([
      { service: ID, episode: "earlier", firstSeenAt: at(-100), countedTo: at(-20), codes: 4, via: "link" },
    ]);
    see(1, -20);
    expect(codes.of(ID)).toMatchObject({ episode: "earlier", firstSeenAt: at(-100), codes: 4, via: "link" });
    see(2, 0);
    expect(codes.of(ID)).toMatchObject({ episode: "earlier", codes: 5 });
    codes.resume([{ service: "b", episode: "old", firstSeenAt: at(-900), countedTo: at(-800), codes: 4, via: "link" }]);
    codes.see("b", seen(whatsapp(3)), at(0), at(0));
    expect(codes.of("b")).toMatchObject({ firstSeenAt: at(0), codes: 1 });
  });

  test("a clock that is put back keeps no code out", () => {
    see(1, 1000);
    see(2, 10);
    expect(codes.of(ID)?.payload).toBe(whatsapp(2));
  });

  test("told twice it is one; an older one than the newest is none; one of long ago is none", () => {
    see(1, 0);
    see(1, 10);
    expect(codes.of(ID)).toMatchObject({ codes: 1, seenAt: at(0) });
    codes.see(ID, seen(whatsapp(9)), at(-5), at(11));
    expect(codes.of(ID)?.payload).toBe(whatsapp(1));
    codes.see("local/docker/b", seen(whatsapp(4)), at(-200), at(0));
    expect(codes.of("local/docker/b")).toBeNull();
  });

  test("what does not rotate lives on when it is printed again", () => {
    const url = () => seen("https://example.org/login/123");
    codes.see(ID, url(), at(0), at(0));
    codes.see(ID, url(), at(590), at(590));
    codes.tick(at(700));
    expect(codes.of(ID)).toMatchObject({ state: "waiting", codes: 1, seenAt: at(590) });
  });

  test("one that cannot be read is of the kind that it was before", () => {
    see(1, 0);
    codes.see(ID, seen(null), at(20), at(20));
    expect(codeOf(codes.of(ID)!, true)).toMatchObject({ kind: "whatsapp", payload: null, codes: 2 });
  });
});

describe("rotation", () => {
  const renewal = () => (Date.parse(renewalOf(codes.of(ID)!)!) - T) / 1000;

  test("how long the first lived says nothing of the second", () => {
    see(1, 0);
    see(2, 60);
    expect([codes.of(ID)!.every, renewal()]).toEqual([null, 80]);
  });

  test("a program that gives each a minute has none called old before", () => {
    for (const n of [1, 2, 3]) see(n, 60 * n);
    codes.tick(at(180 + 59));
    expect([codes.of(ID)!.state, renewal()]).toEqual(["waiting", 240]);
    codes.tick(at(180 + 62));
    expect(codes.of(ID)!.state).toBe("stale");
  });

  test("a longer one at each new beginning is no other pace, and not called old once it was seen", () => {
    const times = [0, 60, 80, 100, 122, 182];
    times.forEach((time, n) => {
      see(n, time);
    });
    expect(renewal()).toBe(204);
    see(10, 202);
    see(11, 224);
    codes.tick(at(224 + 58));
    expect(codes.of(ID)!.state).toBe("waiting");
  });

  test("what does not rotate has no pace, however many come", () => {
    for (const n of [1, 2, 3]) codes.see(ID, seen(`otpauth://totp/a?secret=${n}`), at(20 * n), at(20 * n));
    expect([codes.of(ID)!.every, renewalOf(codes.of(ID)!), codeOf(codes.of(ID)!, true).rotates]).toEqual([
      null,
      null,
      false,
    ]);
  });
});

test("what no code can be is not taken in", () => {
  for (const side of [0, 1, 20, 22, 181, 1001]) codes.see(ID, seen(null, side), at(0), at(0));
  codes.see(ID, { ...seen(null), matrix: [...seen(null).matrix.slice(1), [true]] }, at(0), at(0));
  expect(codes.isEmpty).toBe(true);
});

test("a version tells codes apart, and nothing else", () => {
  see(1, 0);
  const first = codes.of(ID)!.version;
  codes.see("local/docker/b", seen(whatsapp(1)), at(0), at(0));
  expect(codes.of("local/docker/b")!.version).toBe(first);
  see(2, 20);
  expect(codes.of(ID)!.version).not.toBe(first);
  const others = new Codes();
  others.see(ID, seen(whatsapp(1)), at(0), at(0));
  expect(others.of(ID)!.version).not.toBe(first);
});

test("whatever comes in whatever order, there is one code a service at most, and never an older one than was seen", () => {
  const act = fc.oneof(
    fc.record({ do: fc.constant("see" as const), n: fc.nat(5), s: fc.nat(400) }),
    fc.record({ do: fc.constant("link" as const), n: fc.constant(0), s: fc.nat(400) }),
    fc.record({ do: fc.constant("drop" as const), n: fc.constant(0), s: fc.nat(400) }),
    fc.record({ do: fc.constant("tick" as const), n: fc.constant(0), s: fc.nat(400) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const own = new Codes();
      const ends: string[] = [];
      own.listen((held, what) => what === "ended" && ends.push(held.episode));
      let last = 0;
      for (const one of acts) {
        const before = own.of(ID)?.seenAt ?? null;
        last = Math.max(last, one.s);
        if (one.do === "see") own.see(ID, seen(whatsapp(one.n)), at(one.s), at(last));
        if (one.do === "link") own.link(ID, at(one.s));
        if (one.do === "drop") own.drop(ID, at(last));
        if (one.do === "tick") own.tick(at(last));
        const now = own.of(ID);
        expect(own.all().length).toBeLessThanOrEqual(1);
        if (now && before !== null) expect(now.seenAt).toBeGreaterThanOrEqual(before);
        if (now?.endedAt != null) expect([now.payload, now.matrix]).toEqual([null, null]);
      }
      // each time that it asked ends once
      expect(new Set(ends).size).toBe(ends.length);
    }),
  );
});
