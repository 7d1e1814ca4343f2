/** What a row says of a check. Pure, so that the wording is tested without a page. */
import type { Check, CheckResult } from "#lib/checks/shapes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import type { Mark } from "@/components/ui/state-mark.tsx";

/** What is asked, as a machine would say it: `GET http://127.0.0.1:3000/health`, `127.0.0.1:5432`. */
export function targetOf({
  kind,
  config,
  every,
  timeout,
}: Pick<Check, "kind" | "config" | "every" | "timeout">): string {
  const text = (name: string) => (config[name] === null || config[name] === undefined ? "" : String(config[name]));
  switch (kind) {
    case "http":
      return `${text("method") || "GET"} ${text("url")}`;
    case "tcp":
      return text("host").includes(":") ? `[${text("host")}]:${text("port")}` : `${text("host")}:${text("port")}`;
    case "command":
      return Array.isArray(config.command) ? config.command.map(quoted).join(" ") : "";
    case "silent":
      return `silent for ${formatDuration(Number(config.minutes) * 60)}${text("matching") ? `, matching ${text("matching")}` : ""}`;
    case "prints":
      return `${text("pattern")} within ${formatDuration(Number(config.within))} of its start`;
    case "heartbeat":
      return `${text("cron") ? `${text("cron")} ${text("timezone")}` : `every ${formatDuration(every)}`}, ${formatDuration(timeout)} of grace`;
  }
}

/** Its state as a shape and a word; one that is paused tells nothing. */
export function markOfCheck({ state, enabled }: Pick<Check, "state" | "enabled">): { mark: Mark; word: string } {
  if (!enabled) return { mark: "paused", word: "Paused" };
  return MARK[state];
}

const MARK: Record<Check["state"], { mark: Mark; word: string }> = {
  waiting: { mark: "waiting", word: "Not known yet" },
  up: { mark: "running", word: "Up" },
  down: { mark: "failed", word: "Down" },
  late: { mark: "overdue", word: "Late" },
  running: { mark: "starting", word: "Running" },
};

/** `28 of 30 up`; a beginning alone says nothing yet. */
export function resultWords(results: readonly CheckResult[]): string {
  const told = results.filter(({ state }) => state !== "started");
  if (told.length === 0) return "no result yet";
  return `${told.filter(({ state }) => state === "up").length} of ${told.length} up`;
}

/** `99.94 %` of a day: as many digits as tell it from 100, which is said of nothing less. */
export function uptimeWords(uptime: number): string {
  if (uptime >= 1) return "100 %";
  const percent = Math.floor(Math.max(0, uptime) * 10_000) / 100;
  return `${percent >= 99 ? percent.toFixed(2) : percent.toFixed(1)} %`;
}

/** Milliseconds: `84 ms`, `2.4 s`. */
export function latencyWords(latency: number): string {
  return latency < 1000 ? `${Math.round(latency)} ms` : `${(latency / 1000).toFixed(1)} s`;
}

/** An argument as it would be typed. */
function quoted(argument: unknown): string {
  const text = String(argument);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
