import fc from "fast-check";
import { expect, test } from "vitest";
import { messageOf } from "./receiver-rig.ts";
import { cleaned, cut, cutBytes, footing, gathered, oneLine, piecesOf, unlinked } from "./wording.ts";

test("literal words are what stands between backquotes; one without a partner is a sign", () => {
  expect(piecesOf("It said `a b`, twice `c`.")).toEqual([
    { text: "It said ", code: false },
    { text: "a b", code: true },
    { text: ", twice ", code: false },
    { text: "c", code: true },
    { text: ".", code: false },
  ]);
  expect(piecesOf("one `two` thr`ee")).toEqual([
    { text: "one ", code: false },
    { text: "two", code: true },
    { text: " thr`ee", code: false },
  ]);
  expect(piecesOf("")).toEqual([]);
});

test("control signs, line breaks and what turns the writing round do not pass", () => {
  expect(oneLine("a\r\nBcc: x\u0000\u001b[31m\u202egnp\u2028z")).toBe("a Bcc: x [31m gnp z");
  expect(cleaned("a\r\nb\rc")).toBe("a\nb\nc");
});

test("a program that looks for links, mentions, tags and commands finds none", () => {
  const text = unlinked("https://a.example/x @all #tag /start 1.5 done. a@b.example");
  expect(text).not.toMatch(/\w\.\w|@\w|#\w|\/\w|:\/\//);
  expect(text.replaceAll("\u2060", "")).toBe("https://a.example/x @all #tag /start 1.5 done. a@b.example");
});

test("what is cut fits, keeps its beginning and no half of a sign", { timeout: 30_000 }, () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(text, fc.integer({ min: 3, max: 60 }), (given, most) => {
      expect(cut(given, most).length).toBeLessThanOrEqual(most);
      expect(Buffer.byteLength(cutBytes(given, most))).toBeLessThanOrEqual(most);
      expect(cut(given, most)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    }),
  );
  expect(cut("abcdef", 4)).toBe("abc…");
});

test("several messages are one, counted, the worst of them, with a bound", () => {
  const many = Array.from({ length: 40 }, (_, at) =>
    messageOf({ title: `wa-${at}\nfailed`, severity: at === 7 ? "critical" : "warning", incident: `i-${at}` }),
  );
  const one = gathered([...many, messageOf({ kind: "recovered", title: "db is well again" })]);
  expect(one).toMatchObject({
    title: "41 alerts: 39 warning, 1 critical, 1 recovered",
    severity: "critical",
    kind: "opened",
    incident: null,
    url: "https://trihelm.example.com/alerts",
  });
  expect(one.text.split("\n")).toHaveLength(26);
  expect(one.text).toContain("wa-0 failed (warning)\n");
  expect(one.text).toMatch(/and 16 more$/);
  expect(gathered([messageOf({ kind: "recovered" }), messageOf({ kind: "recovered" })]).kind).toBe("recovered");
  expect(footing(messageOf({ kind: "again" }))).toBe("critical, again · web-1 · local/docker/wa-worker");
});
