/** A line as JSON, at half the cost of `JSON.stringify`: of a million lines it is what costs most. */
import type { LogLine } from "./line.ts";

/** keys of a line that has no more than it must */
const PLAIN = 6;
/** what JSON does not write as it is; of code units beyond the basic plane those that stand alone are escaped */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

let lastService = "";
let lastWritten = '""';

/** The same text as of `JSON.stringify(line)`, whose first keys stand in the order of their schema. */
export function jsonOf(line: LogLine): string {
  let keys = 0;
  for (const _ in line) keys += 1;
  if (keys !== PLAIN) return JSON.stringify(line);
  const { cursor, time, service, stream, level, text } = line;
  if (service !== lastService) {
    lastService = service;
    lastWritten = JSON.stringify(service);
  }
  const told = level === null ? "null" : `"${level}"`;
  return `{"cursor":${quoted(cursor)},"time":${quoted(time)},"service":${lastWritten},"stream":"${stream}","level":${told},"text":${quoted(text)}}`;
}

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
