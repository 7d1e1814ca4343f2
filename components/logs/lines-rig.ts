/** A server of lines for tests of what reads them. */

import { vi } from "vitest";
import type { LogLine, LogProgress } from "#lib/logs/line.ts";

export type Answer = (LogLine | LogProgress)[] | { status: number; code: string };

let count = 0;

export function says(text: string, more: Partial<LogLine> = {}): LogLine {
  count += 1;
  const time = new Date(Date.UTC(2025, 10, 14) + count).toISOString();
  return { cursor: `c${count}`, time, service: "a", stream: "stdout", level: "info", text, ...more };
}

/**
 * Answers every request for lines by what it asks for and keeps what was asked. A follower stays open: `print` gives it more,
 * `cut` breaks it. `stays`: other answers that do not end.
 */
export function serveLines(answer: (query: URLSearchParams) => Answer, stays = (_: URLSearchParams) => false) {
  const asked: URLSearchParams[] = [];
  const open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const bytes = (records: readonly object[]) =>
    new TextEncoder().encode(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  vi.stubGlobal("fetch", (path: string, { signal }: RequestInit) => {
    const query = new URL(path, "http://here").searchParams;
    asked.push(query);
    const given = answer(query);
    if (!Array.isArray(given)) return Promise.resolve(Response.json({ code: given.code }, { status: given.status }));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes(given));
        if (query.get("follow") !== "1" && !stays(query)) return controller.close();
        open.add(controller);
        signal?.addEventListener("abort", () => open.delete(controller) && controller.error(signal.reason));
      },
    });
    return Promise.resolve(new Response(body));
  });
  return {
    asked,
    print: (...lines: LogLine[]) => {
      for (const controller of open) controller.enqueue(bytes(lines));
    },
    cut: () => {
      for (const controller of open) controller.error(new TypeError("network"));
      open.clear();
    },
  };
}
