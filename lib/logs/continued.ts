/**
 * Which lines go on with the message of the line before them: stack traces of the usual languages, and what is indented
 * behind trouble. Judged by shape first, so that a reading from either end says the same; a few lines (the last of a
 * Python traceback, the end of a printed object) only by what stands before them.
 */
import type { LogLevel } from "./line.ts";

/** a frame, a cause: never the beginning of anything */
const FRAME =
  /^(?:\s+at \S|\s*(?:\.{3} \d+ (?:more|common frames)|Caused by: |Suppressed: )|\s+File ".+", line \d+|\s+from \S+:\d+:in |\t\S+\.(?:go|s):\d+|goroutine \d+ \[|created by \S+\.|\s+\d+: +(?:0x[0-9a-f]+ - )?\S+::\S+|During handling of the above exception|The above exception was the direct cause)/;
const TRACEBACK = /^Traceback \(most recent call last\):/;
/** `ValueError: bad`, `json.decoder.JSONDecodeError: …`, `KeyboardInterrupt` */
const RAISED = /^[A-Za-z_][\w.]*(?::|$)/;
/** `main.(*Server).run(0xc0, …)`, as far as its arguments: what follows them is looked at apart, or a line of brackets takes a minute */
const GO_CALL = /^[\w./*()-]+\(/;
const GO_END = /^(?:exit status \d|\[signal |panic\()/;
const INDENTED = /^(?:\t| {2,})\S/;
const CLOSING = /^[\])}]+[,;]?$/;
const FIRST = new Set([..." \tCSgc.DT}])"].map((character) => character.charCodeAt(0)));

type Open = "traceback" | "goroutine" | "object" | null;

interface Lane {
  open: Open;
  /** the line before went on, or told of trouble */
  isInside: boolean;
  level: LogLevel | null;
}

export class Continued {
  #lanes = { stdout: fresh(), stderr: fresh() };

  /** What comes is not what stands behind the line that was judged last. */
  breakOff(): void {
    this.#lanes = { stdout: fresh(), stderr: fresh() };
  }

  /** The level of the message that the line goes on with (null: it has none); undefined: the line is a message itself. */
  judge(stream: "stdout" | "stderr", text: string, level: LogLevel | null): LogLevel | null | undefined {
    const lane = this.#lanes[stream];
    if (goesOn(lane, text)) {
      lane.isInside = true;
      lane.level ??= level;
      return lane.level;
    }
    const isTrouble = level === "error" || level === "fatal";
    lane.isInside = isTrouble;
    lane.level = level;
    lane.open = TRACEBACK.test(text) ? "traceback" : text.startsWith("panic: ") ? "goroutine" : null;
    return undefined;
  }

  /** The source itself says that the line goes on. */
  told(stream: "stdout" | "stderr"): LogLevel | null {
    return this.#lanes[stream].level;
  }
}

function fresh(): Lane {
  return { open: null, isInside: false, level: null };
}

function goesOn(lane: Lane, text: string): boolean {
  const { open, isInside } = lane;
  // most lines: nothing is open and the first letter begins no frame
  if (open === null && !FIRST.has(text.charCodeAt(0))) return false;
  if (FRAME.test(text)) {
    if (text.startsWith("goroutine ")) lane.open = "goroutine";
    else if (/^\s+at .*\{$/.test(text)) lane.open = "object";
    else if (/^\s+File "/.test(text)) lane.open = "traceback";
    return true;
  }
  if (open === "traceback") {
    if (INDENTED.test(text)) return true;
    lane.open = null;
    return RAISED.test(text);
  }
  if (open === "goroutine") return isGoFrame(text) || text === "" || text.startsWith("\t");
  if (open === "object") {
    if (CLOSING.test(text)) lane.open = null;
    return INDENTED.test(text) || CLOSING.test(text);
  }
  if (!isInside) return false;
  if (TRACEBACK.test(text)) {
    lane.open = "traceback";
    return true;
  }
  return INDENTED.test(text);
}

function isGoFrame(text: string): boolean {
  return (text.endsWith(")") && GO_CALL.test(text)) || GO_END.test(text);
}
