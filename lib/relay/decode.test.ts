import { expect, test } from "vitest";
import { decodeFor, decodeText } from "./decode.ts";
import { drawn, whatsapp } from "./relay-rig.ts";

const token = (n: number) => `tg://login?token=abcdefgh${n}`;

test("each code is told once, fifty at most, drawn or written", async () => {
  const lines = ["starting", ...drawn(whatsapp(1)), "", token(0), token(0), ...drawn(whatsapp(1)), "", token(1)];
  expect((await decodeText(lines.join("\n"))).map(({ payload }) => payload)).toEqual([whatsapp(1), token(0), token(1)]);
  const many = Array.from({ length: 500 }, (_, n) => token(n)).join("\n");
  expect(await decodeText(many)).toHaveLength(50);
  const stacked = Array.from({ length: 60 }, () => [...drawn(token(1)), "", ""]).flat();
  expect(await decodeText(stacked.join("\n"))).toHaveLength(1);
});

test("others are served while a text is read, and a caller has one read at a time", async () => {
  const caller = { address: "198.51.100.7", account: "viewer/own" };
  const text = Array.from({ length: 40 }, (_, n) => [...drawn(whatsapp(n)), "", ""])
    .flat()
    .join("\n");
  const turns: string[] = [];
  const reading = decodeFor(caller, text).then((codes) => turns.push(`read ${codes.length}`));
  setImmediate(() => turns.push("served"));
  await expect(decodeFor(caller, "x")).rejects.toMatchObject({ code: "rate_limited" });
  expect(await decodeFor({ ...caller, account: "another" }, "x")).toEqual([]);
  await reading;
  expect(turns).toEqual(["served", expect.stringMatching(/^read \d+$/)]);
  expect(await decodeFor(caller, "x")).toEqual([]);
});
