/**
 * What reaches systemd and journalctl, whatever an adapter is asked: its own fixed words, and a unit's name only where it
 * has the shape of one. The bus is a socket that records, journalctl a recorder in place of the starting of processes.
 */
import { ChildProcess } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  actions,
  actOptions,
  CASES,
  historyQueries,
  logQueries,
  names,
  outcome,
  PATIENCE,
  sip,
} from "../hostile-arguments.ts";
import { createSystemd } from "./adapter.ts";
import { Encoder, type Variant } from "./bus/encode.ts";
import { bodyOf, decodeMessage, type Message, messageLength } from "./bus/message.ts";

const started = vi.hoisted(() => [] as { file: string; args: string[]; options: Record<string, unknown> }[]);
vi.mock("execa", () => ({
  execa(file: string, args: string[], options: Record<string, unknown>) {
    started.push({ file, args, options });
    const isExport = args.includes("--output=export");
    const entry = isExport
      ? `__CURSOR=${CURSOR}
__REALTIME_TIMESTAMP=1795260000000000
MESSAGE=x

`
      : STARTED;
    const done = { stdout: entry, stderr: "", exitCode: 0, isCanceled: false, timedOut: false };
    return Object.assign(Promise.resolve(done), {
      stdout: [Buffer.from(entry)],
      stderr: { on: () => undefined },
      kill: () => true,
    });
  },
}));
vi.mock("#lib/platform/clock.ts", async (original) => ({
  ...(await original<typeof import("#lib/platform/clock.ts")>()),
  sleep: () => Promise.resolve(),
}));

const CURSOR = "s=0a;i=1;b=2;m=3;t=4;x=5";
const STARTED = '{"__REALTIME_TIMESTAMP":"1795260000000000"}\n';
const KNOWN = ["web.service", "x@1.service", "-.service", "a\\x2db.service", "dbus-org.a_b:c.service"];
const UNITS = "/org/freedesktop/systemd1/unit/";

/** told to the bus, but for what opens a connection */
const asked: { path: string; member: string; values: unknown[] }[] = [];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bus-"));
const spawned = vi.spyOn(ChildProcess.prototype as unknown as { spawn(options: object): number }, "spawn");
let server: net.Server;
let systemd: ReturnType<typeof createSystemd>;

beforeAll(async () => {
  server = net.createServer(speak);
  await new Promise<void>((resolve) => server.listen(path.join(folder, "bus"), resolve));
  systemd = createSystemd({ host: "local", mode: "system", busAddress: path.join(folder, "bus") });
});
beforeEach(() => {
  asked.length = 0;
  started.length = 0;
});
afterAll(() => {
  systemd.close();
  server.close();
  fs.rmSync(folder, { recursive: true });
});

const shaped = fc.stringMatching(/^[A-Za-z0-9:_.\\@-]{1,12}\.service$/);
const entry = fc.tuple(fc.constantFrom(CURSOR, CURSOR.replace("0a", "ff")), fc.option(fc.nat(5)));
const cursor = entry.map(([own, line]) => (line === null ? own : `${own}#${line}`));
const call = fc.oneof(
  fc.record({ kind: fc.constant("act" as const), action: actions, options: actOptions }),
  fc.record({ kind: fc.constant("inspect" as const) }),
  fc.record({ kind: fc.constant("logs" as const), query: logQueries(cursor) }),
  fc.record({ kind: fc.constant("history" as const), query: historyQueries(cursor) }),
);

test("only fixed words and the exact name of a unit go to systemd and journalctl", { timeout: PATIENCE }, async () => {
  const told = { act: 0, logs: 0, refused: 0 };
  const property = fc.asyncProperty(names(KNOWN, shaped), call, async (name, what) => {
    asked.length = 0;
    started.length = 0;
    const ending = new AbortController();
    const end = await outcome(async () => {
      if (what.kind === "act") await systemd.act(name, what.action, what.options);
      else if (what.kind === "inspect") await systemd.inspect(name);
      else if (what.kind === "history") await sip(await systemd.history(name, what.query, ending.signal), ending);
      else await sip(systemd.logs(name, what.query, ending.signal), ending);
    });
    if (!isUnit(name)) {
      expect(end).toMatchObject({ reason: "invalid_name" });
      expect([asked, started]).toEqual([[], []]);
      told.refused += 1;
      return;
    }
    for (const one of asked) expect(wordsOf(one, name)).toBe(true);
    for (const one of started) checkStart(one, name);
    const queued = asked.filter(({ member }) => /^(Start|Stop|Restart|Reload|Kill|ResetFailed)Unit$/.test(member));
    if (!KNOWN.includes(name) || what.kind !== "act") expect(queued).toEqual([]);
    if (queued.length > 0) told.act += 1;
    if (what.kind !== "act" && started.length > 0) told.logs += 1;
  });
  await fc.assert(property, { numRuns: CASES });
  // the recorder saw what it is there for
  for (const count of Object.values(told)) expect(count).toBeGreaterThan(CASES / 50);
  expect(spawned).not.toHaveBeenCalled();
});

/** As systemd.unit(5) has it, said here once more on purpose. */
function isUnit(name: string): boolean {
  if (!name.endsWith(".service") || name.length > 255 || name.startsWith(".") || name.endsWith("@.service"))
    return false;
  return name !== ".service" && [...name].every((sign) => /[A-Za-z0-9]/.test(sign) || ":_.\\@-".includes(sign));
}

/** True where nothing of the call was made of anything but constants and the name. */
function wordsOf({ path: object, member, values }: (typeof asked)[number], name: string): boolean {
  const json = JSON.stringify(values);
  if (object.startsWith(UNITS)) {
    const label = object.slice(UNITS.length);
    const unescaped = label.replace(/_([0-9a-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return /^[A-Za-z0-9_]+$/.test(label) && unescaped === name && member === "GetAll" && json === '[""]';
  }
  if (/^(Start|Stop|Restart|Reload)Unit$/.test(member)) return json === JSON.stringify([name, "replace"]);
  if (/^(Ref|Unref|ResetFailed)Unit$/.test(member)) return json === JSON.stringify([name]);
  if (member === "KillUnit") {
    const [unit, whom, signal] = values;
    return unit === name && whom === "all" && Number.isInteger(signal) && Number(signal) > 0 && Number(signal) < 65;
  }
  const pattern = name.replaceAll("\\", "\\\\");
  return member === "ListUnitsByPatterns" && json === JSON.stringify([[], [pattern]]);
}

const MATCHES = (name: string) => [
  ...[`_SYSTEMD_UNIT=${name}`, "+", "_PID=1", `UNIT=${name}`, "+", "_UID=0", `OBJECT_SYSTEMD_UNIT=${name}`, "+"],
  ...["MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1", "_UID=0", `COREDUMP_UNIT=${name}`],
];
const STARTS = (name: string) => [
  `UNIT=${name}`,
  "MESSAGE_ID=39f53479d3a045ac8e11786248231fbf",
  "MESSAGE_ID=be02cf6855d2428ba40df7e9d022f03d",
];
const OPTIONS = [
  /^(--output=export|--no-pager|-o|json|-q|--reverse|--follow|--no-tail)$/,
  /^--output-fields=[A-Z_]+(,[A-Z_]+)*$/,
  /^--(since|until)=@-?\d{1,15}(\.\d{3,6})?$/,
  /^--lines=\d{1,7}$/,
  /^--cursor=s=[0-9a-f]+;i=[0-9a-f]+;b=[0-9a-f]+;m=[0-9a-f]+;t=[0-9a-f]+;x=[0-9a-f]+$/,
];

function checkStart({ file, args, options }: (typeof started)[number], name: string): void {
  expect(file).toBe("journalctl");
  expect(options.shell).toBe(false);
  const operand = args.findIndex((word) => /^[A-Z_]+=/.test(word));
  const operands = operand < 0 ? [] : args.slice(operand);
  if (operands.length > 0) expect([MATCHES(name), STARTS(name)]).toContainEqual(operands);
  for (const word of args.slice(0, args.length - operands.length))
    expect(
      OPTIONS.filter((option) => option.test(word)),
      word,
    ).toHaveLength(1);
}

/** The other side of the socket: lets in, records, and answers as systemd would of units that are all up. */
function speak(socket: net.Socket): void {
  let rest = Buffer.alloc(0);
  let greeted = false;
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk as Buffer]);
    if (!greeted) {
      const end = rest.indexOf("BEGIN\r\n");
      if (end < 0) return void (rest.includes("AUTH EXTERNAL") && socket.write(`DATA\r\nOK ${"0".repeat(32)}\r\n`));
      greeted = true;
      rest = rest.subarray(end + 7);
    }
    for (let length = messageLength(rest); length !== null && rest.length >= length; length = messageLength(rest)) {
      const message = decodeMessage(rest.subarray(0, length));
      rest = rest.subarray(length);
      answer(socket, message, bodyOf(message));
    }
  });
}

function answer(socket: net.Socket, { path: object, member, serial }: Message, values: unknown[]): void {
  const reply = (signature: string, ...of: Parameters<Encoder["values"]>[1]) =>
    socket.write(encode({ type: 2, fields: [[5, { signature: "u", value: serial }]] }, signature, of));
  if (member === "Hello") return void reply("s", ":1.1");
  if (member === "AddMatch" || member === "Subscribe") return void reply("");
  asked.push({ path: object, member, values });
  if (member === "GetAll") return void reply("a{sv}", propertiesOf(object));
  if (member === "ListUnitsByPatterns") return void reply("a(ssssssouso)", []);
  if (!/^(Start|Stop|Restart|Reload)Unit$/.test(member)) return void reply("");
  const job = `/org/freedesktop/systemd1/job/${serial}`;
  reply("o", job);
  const fields: [number, Variant][] = [
    [1, { signature: "o", value: "/org/freedesktop/systemd1" }],
    [2, { signature: "s", value: "org.freedesktop.systemd1.Manager" }],
    [3, { signature: "s", value: "JobRemoved" }],
  ];
  socket.write(encode({ type: 4, fields }, "uoss", [serial, job, String(values[0]), "done"]));
}

function encode(
  { type, fields }: { type: number; fields: [number, Variant][] },
  signature: string,
  values: Parameters<Encoder["values"]>[1],
): Buffer {
  const body = new Encoder().values(signature, values).bytes();
  const all = signature ? [...fields, [8, { signature: "g", value: signature }] as const] : fields;
  const header = new Encoder().values("yyyyuua(yv)", [0x6c, type, 0, 1, body.length, 7, all]);
  header.align(8);
  return Buffer.concat([header.bytes(), body]);
}

/** A unit that runs, takes every action, and has a start limit; nothing where the path is of no known unit. */
function propertiesOf(object: string): [string, Variant][] {
  const isKnown = KNOWN.some((name) => object === UNITS + [...name].map(escaped).join(""));
  const text = (value: string): Variant => ({ signature: "s", value });
  const flag: Variant = { signature: "b", value: true };
  if (!isKnown)
    return [
      ["LoadState", text("not-found")],
      ["ActiveState", text("inactive")],
    ];
  return [
    ...[["LoadState", text("loaded")] as [string, Variant], ["ActiveState", text("active")] as [string, Variant]],
    ...[["SubState", text("running")] as [string, Variant], ["Result", text("success")] as [string, Variant]],
    ...["CanStart", "CanStop", "CanReload"].map((name): [string, Variant] => [name, flag]),
    ["StartLimitBurst", { signature: "u", value: 5 }],
    ["StartLimitIntervalUSec", { signature: "t", value: 10_000_000 }],
    ["StateChangeTimestamp", { signature: "t", value: Date.now() * 1000 }],
    ["MainPID", { signature: "u", value: 4_000_000 }],
  ];
}

function escaped(sign: string, index: number): string {
  const isPlain = /[A-Za-z]/.test(sign) || (index > 0 && /[0-9]/.test(sign));
  return isPlain ? sign : `_${sign.charCodeAt(0).toString(16)}`;
}
