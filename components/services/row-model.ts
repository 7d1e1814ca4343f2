/** What a row says of a service, in words. Pure, so that the wording is tested without a page. */

import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import { formatPorts } from "#lib/format/ports.ts";
import { visible } from "#lib/format/visible.ts";
import type { Need, Service } from "#lib/services/service.ts";
import { type Mark, markOf } from "@/components/ui/state-mark.tsx";

export type Tone = "plain" | "off" | "warn" | "fail";

export interface RowModel {
  mark: Mark;
  /** null when it runs as it should: normal has no word */
  word: string | null;
  tone: Tone;
  /** the time that belongs to the word, or since when it runs */
  since: string | null;
  /** `13 min ago` where something ended; else a plain `13 min` */
  ago: boolean;
  /** why, in a few words: `exit 1`, `killed at 1 GB limit`, `asked by mara` */
  note: string | null;
  /** null where counting restarts says nothing: it is not running */
  restarts: number | null;
  ports: string[];
  /** its name is dimmed */
  off: boolean;
  /** without figures the words take their place */
  wide: boolean;
}

/** `need`: what the server counts as trouble with this service, if anything. */
export function rowModel(service: Service, need: Need | null): RowModel {
  const { word, tone, since, ago, note } = saying(service, need);
  const up = service.state === "running";
  const busy = service.pending !== null;
  const looping = need?.kind === "restarting";
  return {
    mark: !busy && looping ? "restarting" : !busy && waitsForScan(service) ? "human" : markOf(service),
    word,
    tone,
    since,
    ago,
    note,
    restarts: up && !busy && !looping ? service.restarts : null,
    ports: up && !busy && !looping ? formatPorts(service.ports) : [],
    off: !busy && (service.state === "stopped" || service.state === "paused"),
    wide: busy || (!up && service.cpu === null && (service.state === "stopped" || service.memory?.limit == null)),
  };
}

/** It runs, and shows a code that somebody has to scan. */
export function waitsForScan({ code, state, stale }: Service): boolean {
  return code !== null && state === "running" && stale === null;
}

/** How it last ended, in a few words; null when nothing is known of it. */
export function exitNote(service: Service): string | null {
  const exit = service.lastExit;
  if (!exit) return null;
  const limit = service.memory?.limit ?? null;
  if (exit.oomKilled) return limit === null ? "killed, out of memory" : `killed at ${formatBytes(limit)} limit`;
  if (exit.signal) return `killed by ${exit.signal}`;
  return exit.code === null || exit.code === 0 ? null : `exit ${exit.code}`;
}

const DOING: Record<NonNullable<Service["pending"]>["action"], string> = {
  start: "Starting",
  stop: "Stopping",
  restart: "Restarting",
  reload: "Reloading",
  kill: "Killing",
  pause: "Pausing",
  unpause: "Resuming",
};

type Saying = Pick<RowModel, "word" | "tone" | "since" | "ago" | "note">;

function saying(service: Service, need: Need | null): Saying {
  const { pending, since } = service;
  const plain: Saying = { word: null, tone: "plain", since, ago: false, note: null };
  if (pending)
    return { ...plain, word: DOING[pending.action], since: pending.since, note: `asked by ${pending.actor}` };
  if (need?.kind === "restarting")
    return { ...plain, word: capital(need.what), tone: "fail", since: null, note: exitNote(service) };
  switch (service.state) {
    case "running":
      if (service.code && waitsForScan(service)) return { ...plain, word: "QR waiting", since: service.code.since };
      if (service.health === "unhealthy")
        return { ...plain, word: "Unhealthy", tone: "warn", since: need?.since ?? null };
      if (service.health === "starting") return { ...plain, word: "Starting", note: "health not known yet" };
      return plain;
    case "failed":
      return { ...plain, word: "Failed", tone: "fail", ago: true, note: exitNote(service) };
    case "restarting":
      return {
        ...plain,
        word: service.restarts > 0 ? plural(service.restarts, "restart") : "Waits to restart",
        tone: "fail",
        since: null,
        note: exitNote(service),
      };
    case "stopped":
      return { ...plain, word: stoppedWord(service), tone: "off", ago: true };
    case "starting":
      return { ...plain, word: "Starting", note: service.reason };
    case "stopping":
      return { ...plain, word: "Stopping" };
    case "paused":
      return { ...plain, word: "Paused", tone: "off" };
    case "unknown":
      return { ...plain, word: "Not known", tone: "warn", note: service.nativeState };
  }
}

/** Docker's own way to say it, where there is an exit code to tell. */
function stoppedWord(service: Service): string {
  const container = service.supervisor === "docker" || service.supervisor === "podman";
  const code = service.lastExit?.code;
  return container && typeof code === "number" ? `Exited (${code})` : "Stopped";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A unit's `.service` is said quietly, and is what a narrow column cuts first. */
export function splitName(service: Pick<Service, "name" | "supervisor">): { name: string; suffix: string } {
  const suffix = ".service";
  const name = visible(service.name);
  return service.supervisor === "systemd" && name.endsWith(suffix) && name.length > suffix.length
    ? { name: name.slice(0, -suffix.length), suffix }
    : { name, suffix: "" };
}
