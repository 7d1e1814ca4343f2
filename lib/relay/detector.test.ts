import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { encodeQR } from "qr";
import QRCode from "qrcode";
import terminal from "qrcode-terminal";
import { describe, expect, test } from "vitest";
import { Detector } from "./detector.ts";
import { kindOf } from "./kind.ts";
import { decodeMatrix, drawSvg, type Matrix } from "./matrix.ts";

const WHATSAPP = `2@${"Ab3/xZ09".repeat(10)},${"x9+/".repeat(11)}=,${"Zz12".repeat(11)}=,${"Q0q/".repeat(8)}=`;

/** How emitters draw; each takes modules without quiet zone and gives lines. */
const DRAWN: Record<string, (matrix: Matrix, quiet: number) => string> = {
  "half blocks, light ink": (matrix, quiet) => halves(matrix, quiet, false),
  "half blocks, dark ink": (matrix, quiet) => halves(matrix, quiet, true),
  "full blocks, light ink": (matrix, quiet) => cells(matrix, quiet, (dark) => (dark ? "  " : "██")),
  "full blocks, dark ink": (matrix, quiet) => cells(matrix, quiet, (dark) => (dark ? "██" : "  ")),
  ascii: (matrix, quiet) => cells(matrix, quiet, (dark) => (dark ? "##" : "  ")),
  "ascii inverted": (matrix, quiet) => cells(matrix, quiet, (dark) => (dark ? "  " : "##")),
  "16 colours": (matrix, quiet) => cells(matrix, quiet, (dark) => (dark ? "\x1b[40m  \x1b[0m" : "\x1b[47m  \x1b[0m")),
  "256 colours": (matrix, quiet) =>
    cells(matrix, quiet, (dark) => (dark ? "\x1b[48;5;16m  \x1b[0m" : "\x1b[48;5;231m  \x1b[0m")),
  "true colour": (matrix, quiet) =>
    cells(matrix, quiet, (dark) => (dark ? "\x1b[48;2;20;30;40m  \x1b[0m" : "\x1b[48;2;250;250;240m  \x1b[0m")),
  "reversed colours": (matrix, quiet) => cells(matrix, quiet, (dark) => (dark ? "  " : "\x1b[7m  \x1b[27m")),
};

const DISTURBED: Record<string, (lines: string[]) => string[]> = {
  "as it is": (lines) => lines,
  "spaces at the ends cut": (lines) => lines.map((line) => line.trimEnd()),
  "a time before each line": (lines) => lines.map((line, n) => `2026-11-21T14:00:0${n % 10}.${100 + n}Z ${line}`),
  "a time of changing length": (lines) => lines.map((line, n) => `[${n * 37}.${n}] ${line}`),
  "PM2's prefix": (lines) => lines.map((line) => `0|app  | ${line}`),
  "a coloured prefix": (lines) => lines.map((line) => `\x1b[36mworker-1  |\x1b[0m ${line}`),
  "another writer in between": (lines) =>
    lines.flatMap((line, n) => (n % 5 === 2 ? [line, `{"level":"info","msg":"tick ${n}"}`] : [line])),
  "a bar in between": (lines) =>
    lines.flatMap((line, n) => (n % 9 === 4 ? [line, `worker: [${"█".repeat(n)}${"░".repeat(30)}] ${n} %`] : [line])),
  "an empty line in between": (lines) => lines.flatMap((line, n) => (n % 6 === 3 ? [line, ""] : [line])),
  "one JSON field": (lines) => [JSON.stringify({ level: "info", code: { qr: lines.join("\n") } })],
};

function detectCodes(text: string) {
  const detector = new Detector();
  const found = text.split(/\r?\n/).flatMap((line, index) => detector.push(line, index + 1));
  return [...found, ...detector.settle()].sort((left, right) => left.firstLine - right.firstLine);
}

describe("codes as libraries draw them", () => {
  test.each([
    ["qrcode-terminal, large", () => drawnBy((done) => terminal.generate(WHATSAPP, { small: false }, done))],
    ["qrcode-terminal, small", () => drawnBy((done) => terminal.generate(WHATSAPP, { small: true }, done))],
    ["qrcode, utf8", () => QRCode.toString(WHATSAPP, { type: "utf8" })],
    ["qrcode, terminal", () => QRCode.toString(WHATSAPP, { type: "terminal" })],
    ["qrcode, terminal, small", () => QRCode.toString(WHATSAPP, { type: "terminal", small: true })],
  ])("%s", async (_, draw) => {
    const drawing = (await draw()).split("\n");
    for (const [name, disturb] of Object.entries(DISTURBED)) {
      const log = ["starting", ...disturb(drawing), "waiting for the scan"].join("\n");
      expect([name, detectCodes(log).map((code) => code.payload)]).toEqual([name, [WHATSAPP]]);
    }
  });

  const recorded = fs.readdirSync(path.join(import.meta.dirname, "fixtures")).filter((name) => name.endsWith(".txt"));
  test.each(recorded)("as recorded: %s", (name) => {
    const [payload = "", ...drawing] = fs
      .readFileSync(path.join(import.meta.dirname, "fixtures", name), "utf8")
      .split("\n");
    for (const [how, disturb] of Object.entries(DISTURBED)) {
      const found = detectCodes(disturb(drawing).join("\n")).map((code) => code.payload);
      expect([how, found]).toEqual([how, [payload]]);
    }
  });
});

describe("any code", () => {
  test("any payload in any version from 1 to 25, however drawn, is read exactly", { timeout: 60_000 }, () => {
    const text = fc.string({ unit: fc.constantFrom(..."abcXYZ019@,+/=:.-_#é漢🙂 "), minLength: 1, maxLength: 300 });
    const version = fc.integer({ min: 1, max: 25 });
    const drawing = fc.constantFrom(...Object.keys(DRAWN));
    const disturbance = fc.constantFrom(...Object.keys(DISTURBED));
    const quiet = fc.integer({ min: 0, max: 4 });
    let read = 0;
    fc.assert(
      fc.property(text, version, drawing, disturbance, quiet, (payload, least, how, disturb, zone) => {
        const matrix = modulesOf(payload, least);
        const lines = DISTURBED[disturb]!(DRAWN[how]!(matrix, zone).split("\n"));
        const found = detectCodes(lines.join("\n"));
        expect(found.map((code) => code.payload)).toEqual([payload]);
        expect(found[0]?.matrix).toEqual(matrix);
        read += 1;
      }),
      // other cases every night; by day the same ones, so that a change is judged by what it changed
      process.env.TRIHELM_NIGHTLY === "1" ? { numRuns: 5000 } : { numRuns: 200, seed: 20_261_121 },
    );
    expect(read).toBeGreaterThan(150);
  });

  test("one that is drawn but damaged beyond reading is still given as it is drawn", () => {
    const matrix = modulesOf(WHATSAPP, 1).map((row) => [...row]);
    for (let y = 9; y < matrix.length - 9; y += 1)
      for (let x = 9; x < matrix.length; x += 1) matrix[y]![x] = (x * y) % 3 === 0;
    const [code] = detectCodes(halves(matrix, 2, false));
    expect(code?.payload).toBeNull();
    expect(code?.matrix.length).toBe(matrix.length);
  });

  test("rotation: each code in its turn, with the lines that hold it", () => {
    const log = [1, 2, 3].map((n) => `turn ${n}\n${halves(modulesOf(`code ${n}`, 3), 4, false)}`).join("\n");
    const found = detectCodes(log);
    expect(found.map((code) => code.payload)).toEqual(["code 1", "code 2", "code 3"]);
    for (const { firstLine, lastLine } of found) expect(lastLine - firstLine).toBe(14);
    expect(log.split("\n")[found[0]!.firstLine - 1]).toMatch(/[█▀▄]/);
  });

  test("two writers that draw at once are told apart", () => {
    const one = halves(modulesOf("the one", 3), 2, false)
      .split("\n")
      .map((line) => `a-1  | ${line}`);
    const two = halves(modulesOf("the other", 3), 2, false)
      .split("\n")
      .map((line) => `worker  | ${line}`);
    const log = one.flatMap((line, n) => [line, two[n] ?? ""]).join("\n");
    expect(
      detectCodes(log)
        .map((code) => code.payload)
        .sort(),
    ).toEqual(["the one", "the other"]);
  });
});

describe("codes that are written, not drawn", () => {
  test.each([
    ["whatsapp", `{"level":30,"qr":"${WHATSAPP}","msg":"scan"}`, WHATSAPP],
    ["whatsapp", `QR: ${WHATSAPP}`, WHATSAPP],
    ["telegram", `open tg://login?token=${"aZ09_-".repeat(6)} on your phone`, `tg://login?token=${"aZ09_-".repeat(6)}`],
    [
      "signal",
      `sgnl://linkdevice?uuid=abcd1234&pub_key=BZ%2Bx0123456789`,
      `sgnl://linkdevice?uuid=abcd1234&pub_key=BZ%2Bx0123456789`,
    ],
    [
      "otpauth",
      `{"u":"otpauth:\\/\\/totp\\/Acme:mara?secret=JBSWY3DPEHPK3PXP"}`,
      "otpauth://totp/Acme:mara?secret=JBSWY3DPEHPK3PXP",
    ],
    [
      "whatsapp",
      `scan https://wa.me/settings/linked_devices#2@abcdefghijklmnopqrstuv,wxyz`,
      "https://wa.me/settings/linked_devices#2@abcdefghijklmnopqrstuv,wxyz",
    ],
  ])("%s", (kind, line, payload) => {
    const [code] = detectCodes(line);
    expect(code).toMatchObject({ payload, kind, firstLine: 1, lastLine: 1 });
    expect(decodeMatrix(code!.matrix)).toBe(payload);
  });

  test("a picture", async () => {
    const [code] = detectCodes(JSON.stringify({ qr: await QRCode.toDataURL(WHATSAPP) }));
    expect(code).toMatchObject({ payload: WHATSAPP, kind: "whatsapp" });
  });

  test.each([
    `data:image/png;base64,${"A".repeat(4000)}`,
    `data:image/png;base64,${Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff", "latin1").toString("base64").padEnd(200, "A")}`,
    "mail 2@example.org and 3@b",
    "https://wa.me/settings",
  ])("what only looks like one: %.40s", (line) => {
    expect(detectCodes(line)).toEqual([]);
  });
});

test("what is drawn otherwise is no code", () => {
  const others = [
    ...Array.from({ length: 120 }, (_, n) => `[${"█".repeat(n % 50)}${"░".repeat(50 - (n % 50))}] ${n} %`),
    ...Array.from({ length: 60 }, (_, n) => `│ ${"▁▂▃▄▅▆▇█".repeat(6)} │ ${n}`),
    ...Array.from({ length: 60 }, () => "######################################################"),
    ...Array.from({ length: 60 }, (_, n) => `\x1b[${41 + (n % 7)}m ${"  ".repeat(30)} \x1b[0m`),
    ...Array.from({ length: 60 }, (_, n) => "█▀▄".repeat(30).slice(n % 7, 80)),
    ...Array.from({ length: 60 }, (_, n) => `## step ${n} ## ${"@@ -1,7 +1,7 @@ ".repeat(4)}`),
  ];
  expect(detectCodes(others.join("\n"))).toEqual([]);
});

/** What htop, chafa, toilet, gnuplot, rich, ncdu, dialog, tree and others have drawn, and a hundred megabytes made of it. */
test("no code in what other programs draw, whole and cut up", { timeout: 600_000 }, () => {
  const folder = path.join(import.meta.dirname, "fixtures/others");
  const logs = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), "utf8").split(/\r?\n/));
  for (const log of logs) expect(detectCodes(log.join("\n"))).toEqual([]);
  const most = process.env.TRIHELM_NIGHTLY === "1" ? 100_000_000 : 2_000_000;
  const next = fc.sample(fc.nat(1_000_000), { numRuns: 100_000, seed: 20_261_121 });
  const detector = new Detector();
  let [seen, turn, line] = [0, 0, 0];
  const draw = (below: number) => next[turn++ % next.length]! % below;
  while (seen < most) {
    // some lines of one, some of another between them, as two writers of one log would
    const pieces = [0, 1].map(() => {
      const log = logs[draw(logs.length)]!;
      const from = draw(log.length);
      return log.slice(from, from + 1 + draw(60));
    });
    const mixed = pieces[0]!.flatMap((text, n) => [text, ...(n % 3 === 1 ? pieces[1]!.slice(n, n + 1) : [])]);
    for (const text of mixed) {
      seen += text.length + 1;
      line += 1;
      const found = detector.push(text, line);
      expect(found.map(({ payload }) => payload)).toEqual([]);
    }
  }
  expect(detector.settle()).toEqual([]);
});

test("a drawing is looked at when nothing more comes", () => {
  const detector = new Detector();
  const lines = halves(modulesOf("waits", 2), 0, false).split("\n");
  expect(lines.flatMap((line, n) => detector.push(line, n + 1))).toEqual([]);
  expect(detector.isWaiting).toBe(true);
  expect(detector.settle().map((code) => code.payload)).toEqual(["waits"]);
  expect(detector.isWaiting).toBe(false);
});

test("kinds", () => {
  expect(kindOf(WHATSAPP)).toBe("whatsapp");
  expect(kindOf("https://example.org/x")).toBe("url");
  expect(kindOf("tg://login?token=abc")).toBe("telegram");
  expect(kindOf("hello")).toBe("text");
});

test("drawn again it is whole, and says its title inertly", () => {
  const svg = drawSvg(modulesOf("x", 1), `<script>"'&`);
  expect(svg).toContain("<title>&#60;script&#62;&#34;&#39;&#38;</title>");
  expect(svg).toContain('viewBox="0 0 29 29"');
});

function modulesOf(payload: string, least: number): Matrix {
  for (let version = least; version <= 40; version += 1)
    try {
      const drawn = encodeQR(payload, "raw", { ecc: "low", version, border: 1, encoding: "byte" });
      return drawn.slice(1, -1).map((row) => row.slice(1, -1));
    } catch (error) {
      if (version === 40) throw error;
    }
  throw new Error("too long");
}

function withQuiet(matrix: Matrix, quiet: number): boolean[][] {
  const side = matrix.length + 2 * quiet;
  return Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (__, x) => matrix[y - quiet]?.[x - quiet] ?? false),
  );
}

function cells(matrix: Matrix, quiet: number, draw: (isDark: boolean) => string): string {
  return withQuiet(matrix, quiet)
    .map((row) => row.map(draw).join(""))
    .join("\n");
}

function halves(matrix: Matrix, quiet: number, isDarkInk: boolean): string {
  const rows = withQuiet(matrix, quiet);
  const lines: string[] = [];
  for (let y = 0; y < rows.length; y += 2) {
    const sign = (isDark: boolean, x: number) => {
      const upper = isDark === isDarkInk;
      // what is below the last row is not drawn
      const lower = rows[y + 1] === undefined ? false : rows[y + 1]![x] === isDarkInk;
      return upper ? (lower ? "█" : "▀") : lower ? "▄" : " ";
    };
    lines.push(rows[y]!.map(sign).join(""));
  }
  return lines.join("\n");
}

function drawnBy(draw: (done: (text: string) => void) => void): Promise<string> {
  return new Promise((resolve) => draw(resolve));
}
