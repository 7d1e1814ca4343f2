/** What the service page says at its top about trouble, or about how it last ended. Facts in time order, never a cause. */
import { formatBytes } from "#lib/format/bytes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import type { Need, Service } from "#lib/services/service.ts";
import { HELM_NAME } from "@/components/ui/helm-icon.tsx";

interface ExitSaying {
  tone: "fail" | "warn" | "plain";
  /** the literal part: `Exit 137`, `SIGSEGV`, `Unhealthy` */
  literal: string;
  /** with the tool's words between backquotes */
  title: string;
  at: string | null;
  /** what came after: `Docker started it again 1.2 s later.` */
  after: string;
}

const DAY = 86_400_000;
/** the codes of a process that was asked to end and did */
const ASKED = [0, 130, 143];
const ASKED_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"];

/** Null when there is nothing worth a line: it runs, and ended as it was asked to, or long ago. */
export function exitSaying(service: Service, need: Need | null, now: number): ExitSaying | null {
  const exit = service.lastExit;
  const down = service.state === "failed" || service.state === "restarting" || need?.kind === "restarting";
  if (!down && need?.kind === "unhealthy") {
    return { tone: "warn", literal: "Unhealthy", title: reasonOf(need.why), at: need.since, after: "" };
  }
  if (!down && !(exit && isNews(exit, now))) return null;
  return {
    tone: "fail",
    literal: exit ? literalOf(exit) : need?.kind === "restarting" ? "Restarting" : "Failed",
    title: down ? reasonOf(need?.why ?? service.reason ?? service.nativeState) : wordsOf(service),
    at: exit?.at ?? need?.since ?? null,
    after: afterwards(service, need),
  };
}

function isNews(exit: NonNullable<Service["lastExit"]>, now: number): boolean {
  if (exit.at !== null && now - Date.parse(exit.at) > DAY) return false;
  if (exit.oomKilled) return true;
  if (exit.signal !== null) return !ASKED_SIGNALS.includes(exit.signal);
  return exit.code !== null && !ASKED.includes(exit.code);
}

function literalOf(exit: NonNullable<Service["lastExit"]>): string {
  if (exit.code !== null && exit.code !== 0) return `Exit ${exit.code}`;
  return exit.signal ?? (exit.code === null ? "Ended" : "Exit 0");
}

function wordsOf(service: Service): string {
  const { lastExit, memory } = service;
  if (lastExit?.oomKilled) {
    return memory?.limit == null
      ? "Killed, the memory was used up"
      : `Killed at its ${formatBytes(memory.limit)} memory limit`;
  }
  if (lastExit?.signal) return `Killed by ${lastExit.signal}`;
  return "It ended by itself";
}

function afterwards(service: Service, need: Need | null): string {
  const ended = service.lastExit?.at ? Date.parse(service.lastExit.at) : null;
  const name = HELM_NAME[service.supervisor];
  if (need?.kind === "restarting") return `${need.what.charAt(0).toUpperCase()}${need.what.slice(1)}.`;
  if (service.state === "restarting") return `${name} waits to start it again.`;
  if (service.state === "running" && ended !== null && service.since !== null) {
    const later = (Date.parse(service.since) - ended) / 1000;
    if (later >= 0 && later < 3600) {
      return `${name} started it again ${later < 10 ? `${Number(later.toFixed(1))} s` : formatDuration(later)} later.`;
    }
  }
  return "";
}

/** Without its full stop: it is a title here. */
function reasonOf(text: string): string {
  return text.replace(/\.$/, "");
}
