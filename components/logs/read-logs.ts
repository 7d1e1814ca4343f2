/** Reading a stream of lines. */
import type { LogLine, LogProgress } from "#lib/logs/line.ts";
import { ApiProblem, readProblem } from "@/components/shell/api-client.ts";
import { createLineParser } from "./ndjson.ts";

export interface Reading {
  signal: AbortSignal;
  /** the server has answered and lines will come */
  onOpen?: () => void;
  onLines: (lines: LogLine[]) => void;
  onProgress?: ((progress: LogProgress["progress"]) => void) | undefined;
}

/** A stream that says nothing for so long has nobody at its other end: a blank line comes every 15 s. */
const SILENCE = 40_000;

/** Reads lines until the server ends them. Throws `ApiProblem`; an abort by the signal ends quietly. */
export async function readLogs(path: string, { signal, onOpen, onLines, onProgress }: Reading): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE);
  try {
    const response = await fetch(path, {
      headers: { Accept: "application/x-ndjson" },
      signal: AbortSignal.any([signal, silence.signal]),
      cache: "no-store",
    });
    if (!response.ok) throw await readProblem(response);
    onOpen?.();
    if (!response.body) return;
    const parse = createLineParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE);
      const records = parse(value);
      const lines = records.filter(isLine);
      if (lines.length > 0) onLines(lines);
      const progress = onProgress && records.findLast(isProgress);
      if (progress) onProgress(progress.progress);
    }
  } catch (cause) {
    if (signal.aborted) return;
    if (cause instanceof ApiProblem) throw cause;
    throw new ApiProblem(0, { code: "network", title: "The connection broke" }, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function isLine(value: unknown): value is LogLine {
  const line = value as Partial<LogLine> | null;
  return typeof line === "object" && line !== null && typeof line.text === "string" && typeof line.time === "string";
}

function isProgress(value: unknown): value is LogProgress {
  const progress = (value as Partial<LogProgress> | null)?.progress;
  return typeof progress === "object" && progress !== null && typeof progress.lines === "number";
}
