import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { Decoder } from "./decode.ts";
import { type Encodable, Encoder } from "./encode.ts";
import { bodyOf, decodeMessage, encodeCall, messageLength } from "./message.ts";
import { parseSignature } from "./signature.ts";

interface Recorded {
  signature: string;
  body: string;
}
const recorded = JSON.parse(fs.readFileSync(new URL("../fixtures/wire.json", import.meta.url), "utf8")) as Record<
  "listUnits" | "getAll",
  Recorded
>;
const bytesOf = (one: Recorded) => Buffer.from(one.body, "base64");

describe("recorded answers of systemd 252", () => {
  test("ListUnits", () => {
    const [rows] = new Decoder(bytesOf(recorded.listUnits)).values(recorded.listUnits.signature);
    expect(rows).toContainEqual([
      "dbus.service",
      "D-Bus System Message Bus",
      "loaded",
      "active",
      "running",
      "",
      "/org/freedesktop/systemd1/unit/dbus_2eservice",
      0,
      "",
      "/",
    ]);
  });

  test("GetAll: all properties, and 2^64-1 is no number", () => {
    const [all] = new Decoder(bytesOf(recorded.getAll)).values(recorded.getAll.signature);
    expect(Object.keys(all as object).length).toBeGreaterThan(250);
    expect(all).toMatchObject({
      Id: "systemd-journald.service",
      MemoryMax: 18446744073709551615n,
      MainPID: expect.any(Number),
      ExecMainStartTimestamp: expect.any(Number),
      CapabilityBoundingSet: expect.any(Number),
      Conditions: expect.any(Array),
    });
  });

  test("GetAll: the wanted properties are the same, whatever is stepped over", () => {
    const bytes = bytesOf(recorded.getAll);
    const [all] = new Decoder(bytes).values("a{sv}") as [Record<string, unknown>];
    for (const name of Object.keys(all)) {
      const decoder = new Decoder(bytes);
      expect(decoder.wanted(new Set([name]))[name]).toEqual(all[name]);
      expect(decoder.at).toBe(bytes.length);
    }
  });

  test("cut anywhere, it is an error and never a wrong value or a hang", () => {
    for (const one of [recorded.listUnits, recorded.getAll]) {
      const bytes = bytesOf(one);
      for (let length = 0; length < bytes.length; length += 7)
        expect(() => new Decoder(bytes.subarray(0, length)).values(one.signature)).toThrow();
    }
  });

  test("with bytes changed at random it ends, with a value or an Error", () => {
    const original = bytesOf(recorded.getAll);
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    let errors = 0;
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(original);
      for (let change = 0; change < 5; change += 1) bytes[random(bytes.length)] = random(256);
      try {
        new Decoder(bytes).values("a{sv}");
      } catch (error) {
        errors += 1;
        expect(error).toBeInstanceOf(Error);
      }
    }
    expect(errors).toBeGreaterThan(0);
  });
});

describe("values there and back", () => {
  const cases: [string, Encodable[], unknown[]][] = [
    ["ybnqiu", [255, true, -2, 65535, -5, 4294967295], [255, true, -2, 65535, -5, 4294967295]],
    ["xtd", [-9, 2n ** 53n, 1.5], [-9, 2n ** 53n, 1.5]],
    ["t", [2 ** 53 - 1], [2 ** 53 - 1]],
    ["xt", [-(2n ** 63n), 2n ** 64n - 1n], [-(2n ** 63n), 2n ** 64n - 1n]],
    ["sog", ["grün", "/a/b", "a{sv}"], ["grün", "/a/b", "a{sv}"]],
    ["asas", [[], ["*.service", ""]], [[], ["*.service", ""]]],
    ["a(sb)", [[["x", false]]], [[["x", false]]]],
    ["a{sv}", [[["k", { signature: "as", value: ["v"] }]]], [{ k: ["v"] }]],
    ["a{ut}", [[[1, 2]]], [[[1, 2]]]],
    ["yat", [1, [3]], [1, [3]]],
  ];
  test.each(cases)("%s", (signature, values, back) => {
    const bytes = new Encoder().values(signature, values).bytes();
    expect(new Decoder(bytes).values(signature).map(plain)).toEqual(back);
  });

  test("far more than the first buffer holds", () => {
    const names = Array.from({ length: 500 }, (_, index) => `unit-${index}-${"x".repeat(index % 13)}.service`);
    const bytes = new Encoder().values("asu", [names, 7]).bytes();
    expect(new Decoder(bytes).values("asu")).toEqual([names, 7]);
  });

  test("a text with NUL, and a wrong number of values, are refused", () => {
    expect(() => new Encoder().values("s", ["a\0b"])).toThrow(TypeError);
    expect(() => new Encoder().values("ss", ["a"])).toThrow(TypeError);
  });
});

describe("messages", () => {
  const call = {
    destination: "org.freedesktop.systemd1",
    path: "/org/freedesktop/systemd1",
    interface: "org.freedesktop.systemd1.Manager",
    member: "StopUnit",
    signature: "ss",
    values: ["a.service", "replace"],
  };

  test("a call, read back", () => {
    const bytes = encodeCall(42, call);
    expect(messageLength(bytes)).toBe(bytes.length);
    const message = decodeMessage(bytes);
    expect(message).toMatchObject({ type: "call", serial: 42, path: call.path, member: "StopUnit", signature: "ss" });
    expect(bodyOf(message)).toEqual(["a.service", "replace"]);
    // never auto-start what is called
    expect(bytes[2]! & 2).toBe(2);
  });

  test("its length is not known before the header is there", () => {
    expect(messageLength(encodeCall(1, call).subarray(0, 15))).toBeNull();
  });

  test("nonsense and lengths beyond the limit are refused", () => {
    expect(() => messageLength(Buffer.alloc(16, "B"))).toThrow();
    const huge = encodeCall(1, call);
    huge.writeUInt32LE(0xffff_fff0, 4);
    expect(() => messageLength(huge)).toThrow(/too long/);
  });
});

describe("signatures", () => {
  test.each(["a", "(", "()", "a{s}", "{sv", "z", "(s", "a".repeat(40), "s".repeat(256), "(".repeat(100)])(
    "%s is none",
    (text) => {
      expect(() => parseSignature(text)).toThrow();
    },
  );

  test("nested", () => {
    const [array] = parseSignature("a(sa{sv})");
    expect(array).toMatchObject({
      code: "a",
      children: [{ code: "(", align: 8, children: [{ code: "s" }, { code: "a" }] }],
    });
  });
});

/** Decoded dicts have no prototype. */
function plain(value: unknown): unknown {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value } : value;
}
