import { describe, expect, test } from "vitest";
import { parseSelection } from "./query.ts";
import { lineMaker } from "./to-line.ts";

/** `+` before each line that goes on with the one before it. */
function judged(text: string, query: Parameters<typeof parseSelection>[0] = {}): string[] {
  const maker = lineMaker("local/docker/web", parseSelection(query));
  return text
    .split("\n")
    .map((line, at) =>
      maker.line({
        cursor: String(at),
        time: "2026-11-21T12:00:00.000Z",
        stream: "stderr",
        text: line,
        priority: null,
      }),
    )
    .filter((line) => line !== null)
    .map((line) => `${line.continues ? "+" : " "}${line.level ?? "-"} ${line.text.slice(0, 28)}`);
}

const NODE = `TypeError: Cannot read properties of undefined (reading 'x')
    at handler (/app/server.js:10:5)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  code: 'ERR_X',
  [cause]: null
}
GET /health 200`;
const PYTHON = `ERROR:root:could not save
Traceback (most recent call last):
  File "/app/main.py", line 10, in <module>
    main()
    ^^^^^^
  File "/app/main.py", line 6, in main
    raise ValueError("bad")
ValueError: bad

During handling of the above exception, another exception occurred:
INFO:root:next`;
const JAVA = `2026-11-21 12:00:00 ERROR c.e.App - failed
java.lang.IllegalStateException: no
\tat com.example.App.run(App.java:10)
\t... 3 more
Caused by: java.io.IOException: closed
\tat com.example.Io.read(Io.java:5)
2026-11-21 12:00:01 INFO c.e.App - up`;
const GO = `panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.main()
\t/app/main.go:8 +0x1d
exit status 2
2026/11/21 12:00:00 listening`;

describe("messages of many lines", () => {
  test("Node", () => {
    expect(judged(NODE).map((line) => line[0])).toEqual([..." +++++ "]);
    expect(judged(NODE)[4]).toMatch(/^\+error/);
  });
  test("Python", () => {
    const lines = judged(PYTHON);
    expect(lines.map((line) => line[0]).join("")).toBe(" +++++++ + ");
    expect(lines[3]).toMatch(/^\+error/);
    expect(lines.at(-1)).toMatch(/^ info/);
  });
  test("Java", () =>
    expect(
      judged(JAVA)
        .map((line) => line[0])
        .join(""),
    ).toBe("  ++++ "));
  test("Go", () =>
    expect(
      judged(GO)
        .map((line) => line[0])
        .join(""),
    ).toBe(" +++++ "));

  test("what is wanted by its level comes with its trace, and nothing else does", () => {
    expect(judged(`ok\n${NODE}`, { level: "error" })).toHaveLength(6);
    expect(judged(`ok\n${NODE}`, { level: "error" }).every((line) => line.slice(1, 6) === "error")).toBe(true);
  });

  test("pictures, lists and plain indentation are messages of their own", () => {
    expect(judged("  █▀▀▀▀▀█ ▄▄\n  █ ███ █ ▀\nusage:\n  -h  help\n}\n").every((line) => line[0] === " ")).toBe(true);
  });

  test("the same from the middle of a trace", () => {
    const rest = NODE.split("\n").slice(1).join("\n");
    expect(
      judged(rest)
        .map((line) => line[0])
        .join(""),
    ).toBe("+++++ ");
  });

  test("frames of Go are told from what only begins as one", () => {
    const lines = judged("panic: x\nmain.(*Server).run(0xc0, {0x1, 0x2})\n[signal SIGSEGV]\nmain.main(1, 2) up");
    expect(lines.map((line) => line[0]).join("")).toBe(" ++ ");
  });

  // a machine that goes back through every bracket from every bracket is at it for a minute
  test("a line of nothing but brackets behind a panic", { timeout: 10_000 }, () => {
    expect(judged(`panic: x\n${"(".repeat(256 * 1024)}`)).toHaveLength(2);
  });
});
