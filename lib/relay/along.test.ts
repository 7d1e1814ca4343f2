import { beforeEach, expect, test } from "vitest";
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import { readPast } from "./along.ts";
import { Codes } from "./codes.ts";
import { drawn, whatsapp } from "./relay-rig.ts";
import { type Place, Scan } from "./scan.ts";

const ID = "local/pm2/wa";
let codes: Codes;
let told: string[];
let lines: string[];
/** as PM2 writes them: no line has a time, so all bear that of the last write */
let isTimed: boolean;

beforeEach(() => {
  codes = new Codes();
  told = [];
  codes.listen((held, what, outcome) => told.push(`${what} ${held.state}${outcome ? ` ${outcome}` : ""}`));
  lines = [];
  isTimed = false;
});

async function read(place: Place | null, since = Date.now() - 60_000): Promise<Place> {
  const time = new Date().toISOString();
  const records = lines.map((text, at): LogRecord => {
    const record: LogRecord = { cursor: `${at}~`, time, stream: "stdout", text, priority: null };
    return isTimed ? record : { ...record, untimed: true };
  });
  const supervisor = {
    async *logs() {
      yield* records;
    },
  };
  const scan = new Scan(ID, codes, place);
  const source = { service: ID, name: "wa", supervisor };
  await readPast(source, { scan, since, through: null }, new AbortController().signal);
  return scan.place;
}

test("a past whose times nobody wrote is no news: what was linked in it was linked then", async () => {
  lines = [...drawn(whatsapp(1)), ...drawn(whatsapp(2)), "Client is ready!", "message received"];
  await read(null);
  expect([told, codes.of(ID)]).toEqual([[], null]);
});

test("its end counts: a code that waits there is found, one with much behind it is not", async () => {
  lines = [...drawn(whatsapp(1)), "Client is ready!", ...drawn(whatsapp(2)), "waiting"];
  await read(null);
  expect([told, codes.of(ID)?.payload, codes.of(ID)?.codes]).toEqual([["seen waiting"], whatsapp(2), 1]);
  codes = new Codes();
  lines.push(...Array.from({ length: 60 }, (_, n) => `message ${n}`));
  await read(null);
  expect(codes.of(ID)).toBeNull();
});

test.each([true, false])("what was read is not read again, timed %s", async (timed) => {
  isTimed = timed;
  lines = [...drawn(whatsapp(1)), "waiting"];
  const place = await read(null);
  codes.drop(ID);
  lines.push("started anew");
  const next = await read(place);
  expect(codes.of(ID)).toBeNull();
  lines.push(...drawn(whatsapp(2)), "waiting");
  await read(next);
  expect(codes.of(ID)?.payload).toBe(whatsapp(2));
  lines.push("Client is ready!");
  await read(next);
  expect(codes.of(ID)?.state).toBe("linked");
});

test("a drawing that was half printed is read from its beginning", async () => {
  isTimed = true;
  const drawing = drawn(whatsapp(3));
  lines = ["starting", ...drawing.slice(0, 12)];
  const place = await read(null);
  lines.push(...drawing.slice(12));
  await read(place);
  expect(codes.of(ID)?.payload).toBe(whatsapp(3));
});
