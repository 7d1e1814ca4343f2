import fs from "node:fs";
import fc from "fast-check";
import QRCode from "qrcode";
import { beforeEach, describe, expect, test } from "vitest";
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import { Codes } from "./codes.ts";
import { readPicture } from "./picture.ts";
import { drawn, whatsapp } from "./relay-rig.ts";
import { Scan } from "./scan.ts";

const ID = "local/systemd/signal.service";
const SIGNAL =
  "sgnl://linkdevice?uuid=kJ5dX9zQ3mT7wY1aB4cE6g%3D%3D&pub_key=BQX8Yd1fK2vH9nR4sT6uW0xZ3aC5eG7iJ9kL1mN3oP5q";
let codes: Codes;
let scan: Scan;
let now: number;

beforeEach(() => {
  codes = new Codes();
  scan = new Scan(ID, codes);
  now = Date.now() - 30_000;
});

function print(...lines: string[]): void {
  for (const text of lines) scan.push(record(text, now));
}

function record(text: string, at: number): LogRecord {
  return { cursor: String(at), time: new Date(at).toISOString(), stream: "stdout", text, priority: null };
}

test("a code is as old as its last line, however much later it is seen to be whole", () => {
  print("starting", ...drawn(whatsapp(1)));
  const printed = now;
  now += 5000;
  print('{"msg":"still waiting"}');
  expect(codes.of(ID)).toBeNull();
  scan.peek();
  expect(codes.of(ID)).toMatchObject({ payload: whatsapp(1), seenAt: printed });
});

test("a drawing that comes in pieces is whole in the end, and looked at in between to no harm", () => {
  const lines = drawn(whatsapp(2));
  for (const line of lines) {
    print(line);
    scan.peek();
    now += 10;
  }
  scan.peek();
  expect(codes.of(ID)).toMatchObject({ payload: whatsapp(2), codes: 1 });
});

test("what signal-cli prints: the address as a line, then with whom it is linked", () => {
  print("INFO  ProvisioningManagerImpl - waiting", SIGNAL);
  expect(codes.of(ID)).toMatchObject({ kind: "signal", payload: SIGNAL });
  now += 9000;
  print("Associated with: +4917012345678");
  expect(codes.of(ID)).toMatchObject({ state: "linked", endedAt: now });
});

test("what signal-cli prints on a terminal: the drawing, and the same as an address, are one code", () => {
  const file = new URL("fixtures/signal-cli-zxing.sgnl.txt", import.meta.url);
  const [address = "", ...drawing] = fs.readFileSync(file, "utf8").trimEnd().split("\n");
  expect(address).toBe(SIGNAL);
  print(...drawing, address);
  scan.peek();
  expect(codes.of(ID)).toMatchObject({ kind: "signal", payload: SIGNAL, codes: 1, state: "waiting" });
  now += 9000;
  print("Associated with: +4917012345678");
  expect(codes.of(ID)).toMatchObject({ state: "linked", endedAt: now });
});

test("the word that it is linked may stand right behind the drawing", () => {
  print(...drawn(whatsapp(3)), "opened connection to WA");
  expect(codes.of(ID)?.state).toBe("linked");
});

test("what comes now is as old as that, whatever the clock of its log says", () => {
  const remote = new Scan("nas/docker/wa", codes);
  const printed = record(SIGNAL, Date.now() - 300_000);
  const at = Date.now();
  remote.arrives(printed, at);
  remote.push(printed, at);
  expect([codes.of("nas/docker/wa")?.seenAt, remote.skew]).toEqual([at, at - Date.parse(printed.time)]);
  remote.arrives(record("late by more, after a gap", at - 360_000), at + 1000);
  expect(remote.skew).toBe(at - Date.parse(printed.time));
});

test("without a code nobody is linked, and the next code is a new one", () => {
  print("opened connection to WA");
  expect(codes.of(ID)).toBeNull();
  print(...drawn(whatsapp(4)));
  scan.peek();
  expect(codes.of(ID)?.state).toBe("waiting");
});

test("lines that were lost and marks beside the log draw nothing", () => {
  scan.push({ ...record(SIGNAL, now), lost: 3 });
  scan.push({ ...record(SIGNAL, now), beside: true, mark: { kind: "started", code: null, signal: null } });
  expect(codes.of(ID)).toBeNull();
});

describe("hostile lines", () => {
  test("whatever comes, it goes on", { timeout: 30_000 }, () => {
    const sign = fc.constantFrom(
      "█",
      "▀",
      "▄",
      " ",
      "#",
      "@",
      "\u001b[7m",
      "\u001b[0m",
      "\\u001b[40m",
      "{",
      '"',
      "2@",
      "\n",
    );
    const line = fc.oneof(fc.string({ unit: sign, maxLength: 120 }), fc.string({ unit: "binary", maxLength: 100 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const own = new Codes();
        const one = new Scan(ID, own);
        for (const text of lines) one.push(record(text, Date.now()));
        one.settle();
        for (const text of drawn(whatsapp(5))) one.push(record(text, Date.now()));
        one.settle();
        expect(own.all().length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  test("a picture of nothing, of too much and of no picture", () => {
    const header = Buffer.alloc(300);
    Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").copy(header);
    header.writeUInt32BE(60_000, 16);
    header.writeUInt32BE(60_000, 20);
    for (const bytes of [header, Buffer.alloc(300, 7)]) print(`data:image/png;base64,${bytes.toString("base64")}`);
    expect(codes.of(ID)).toBeNull();
  });

  test("a picture whose header comes a second time, perhaps a larger one, is not unpacked", async () => {
    const png = await QRCode.toBuffer(whatsapp(6), { type: "png" });
    expect(readPicture(png)).toBe(whatsapp(6));
    const twice = Buffer.concat([png.subarray(0, 33), png.subarray(8, 33), png.subarray(33)]);
    expect(readPicture(twice)).toBeNull();
  });
});
