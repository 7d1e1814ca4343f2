/** PM2 behind the contract: one object per daemon, spoken to over the daemon's own sockets. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import type { BootSource } from "../boot.ts";
import { type FileSource, readLogs } from "../files/follow.ts";
import { readHistory } from "../files/history.ts";
import type { PortPlanner, SocketOwner } from "../port-owners.ts";
import {
  type LogHistory,
  type MarkSource,
  type Probe,
  type Supervisor,
  SupervisorError,
  type UsageSource,
} from "../supervisor.ts";
import type { TrafficSource } from "../traffic.ts";
import type { SavedSource } from "../volumes.ts";
import { act } from "./act.ts";
import { createBootList } from "./boot.ts";
import { bootConcernsOf, bootedByOf, parseSaved, saveCommand } from "./boot-concerns.ts";
import { openBus } from "./bus.ts";
import { createExits } from "./exits.ts";
import { ownerOf } from "./homes.ts";
import { toInspection } from "./inspect.ts";
import { filesOf, onlyOf } from "./log-paths.ts";
import { readMarks } from "./marks.ts";
import { checkName, groupByApp } from "./names.ts";
import { type Pm2Process, parseProcesses } from "./parse.ts";
import { createPorts } from "./ports.ts";
import { toRecord } from "./record.ts";
import { createRpc } from "./rpc.ts";
import { readDump, readSaved } from "./saved.ts";
import { claimSockets, portsPlanned } from "./socket-claims.ts";
import { readTraffic, readUsage } from "./usage.ts";
import { watchDaemon } from "./watch.ts";

export interface Pm2Options {
  host: string;
  /** PM2_HOME of the daemon */
  home: string;
  /** what stands behind `pm2@`; null: this process's own user, scope `pm2` */
  user: string | null;
}

type Pm2Source = Supervisor &
  UsageSource &
  LogHistory &
  MarkSource &
  SavedSource &
  SocketOwner &
  PortPlanner &
  BootSource &
  TrafficSource;

export function createPm2({ host, home, user }: Pm2Options): Pm2Source {
  const inHome = (name: string) => path.join(/*turbopackIgnore: true*/ home, name);
  const rpc = createRpc(inHome("rpc.sock"));
  const exits = createExits(inHome("pm2.log"));
  const ports = createPorts();
  // the name of a second daemon of one's own is more than its user's
  const owner = ownerOf(home) === process.getuid?.() ? null : user;
  const own = user ?? os.userInfo().username;
  const bootList = createBootList(home, own);
  let apps = new Map<string, Pm2Process[]>();
  let memory = new Map<string, number>();
  const lastFiles = new Map<string, ReturnType<typeof filesOf>>();

  const ask = async (signal?: AbortSignal) => {
    signal?.throwIfAborted();
    return rpc.call("getMonitorData", {});
  };
  const read = async (signal?: AbortSignal): Promise<Map<string, Pm2Process[]>> => {
    const processes = checked(await ask(signal));
    memory = new Map(processes.flatMap((one) => (one.memory === null ? [] : [[String(one.id), one.memory] as const])));
    apps = groupByApp(processes);
    return apps;
  };
  const find = async (name: string, signal?: AbortSignal): Promise<Pm2Process[]> => {
    checkName(name);
    const members = (await read(signal)).get(name);
    if (!members) throw new SupervisorError("not_found", `PM2 has no app ${name}.`);
    return members;
  };

  /** the files outlive a daemon that is gone, and can be read all the same */
  const fileSource = (name: string): FileSource => ({
    admit: onlyOf(trustedOwner(home)),
    async files() {
      try {
        const files = filesOf(await find(name));
        lastFiles.set(name, files);
        return files;
      } catch (error) {
        const known = isUnreachable(error) ? lastFiles.get(name) : undefined;
        if (!known) throw error;
        return known;
      }
    },
  });

  const supervisor: Pm2Source = {
    host,
    scope: user === null ? "pm2" : `pm2@${user}`,
    kind: "pm2",
    async probe() {
      try {
        const version = z
          .string()
          .catch("")
          .parse(await rpc.call("getVersion", {}));
        return { status: "ready", version: version || null, channel: own };
      } catch (error) {
        return probeOf(error, home, own);
      }
    },
    async list(signal) {
      await read(signal);
      exits.refresh();
      ports.refresh(apps);
      return [...apps].map(([name, members]) =>
        toRecord(name, members, {
          ports: ports.of(name),
          startsAtBoot: bootList.has(members[0]!.name),
          exitOf: (one) => exits.get(one.name, one.id),
        }),
      );
    },
    async act(name, action, options, signal) {
      checkName(name);
      await act({ rpc, find, pid: () => daemonPid(inHome("pm2.pid")) }, { name, action, options }, signal).catch(
        unlessAborted,
      );
    },
    async *logs(name, query, signal) {
      yield* readLogs(fileSource(name), query, signal);
    },
    async history(name, query, signal) {
      const source = fileSource(name);
      const files = await source.files();
      return readHistory({ ...source, files: async () => files }, query, signal);
    },
    async marks(name) {
      checkName(name);
      return readMarks(inHome("pm2.log"), name);
    },
    watch: (signal) =>
      watchDaemon(
        { list: () => supervisor.list(), probe: () => supervisor.probe(), openBus: () => openBus(inHome("pub.sock")) },
        signal,
      ),
    async inspect(name, signal) {
      checkName(name);
      const answer = await ask(signal);
      const members = groupByApp(checked(answer)).get(name);
      const found =
        members &&
        toInspection(
          answer,
          members.map((one) => one.id),
          own,
        );
      if (!found) throw new SupervisorError("not_found", `PM2 has no app ${name}.`);
      return found;
    },
    savedFile: inHome("dump.pm2"),
    async saved(name) {
      checkName(name);
      // an app of another namespace has that behind its name here, and not in the file
      const [member] = await find(name).catch(() => []);
      return readSaved(inHome("dump.pm2"), { name: member?.name ?? name, namespace: member?.namespace ?? null });
    },
    async usage(records) {
      return readUsage(records, { daemonPid: daemonPid(inHome("pm2.pid")), memory });
    },
    async claimSockets(sockets, records) {
      return claimSockets(sockets, records, daemonPid(inHome("pm2.pid")));
    },
    plannedPorts: async () => portsPlanned(apps),
    traffic(records, isDue) {
      const due = records.filter(({ name }) => isDue(name));
      return due.length === 0 ? [] : readTraffic(due, daemonPid(inHome("pm2.pid")));
    },
    bootedBy: bootedByOf(home, owner ?? os.userInfo().username),
    async bootConcerns(_records, signal) {
      const text = await readDump(inHome("dump.pm2"));
      return bootConcernsOf(await read(signal), text === null ? null : parseSaved(text), saveCommand(home, owner));
    },
    close: () => rpc.close(),
  };
  return supervisor;
}

function checked(answer: unknown): Pm2Process[] {
  try {
    return parseProcesses(answer);
  } catch (error) {
    throw new SupervisorError("unreachable", "PM2 answered with something that is not its list.", { cause: error });
  }
}

function probeOf(error: unknown, home: string, user: string): Exclude<Probe, { status: "ready" }> {
  if (!(error instanceof SupervisorError)) throw error;
  const detail = messageOf(error);
  if (error.reason === "denied")
    return {
      status: "denied",
      detail,
      hint: `Run Trihelm as ${user} or as root to reach this PM2.`,
      command: null,
    };
  const hint =
    error.reason === "timeout"
      ? "The PM2 daemon is there and does not answer; Trihelm keeps asking."
      : `No PM2 daemon runs for ${user} in ${home}; Trihelm finds it as soon as one does.`;
  return { status: "absent", detail, hint, command: error.reason === "timeout" ? null : "pm2 resurrect" };
}

/** The daemon's process, by which its apps' processes are known to be in the `/proc` that we see. */
function daemonPid(file: string): number | null {
  try {
    const pid = Number.parseInt(fs.readFileSync(file, "utf8"), 10);
    return pid > 0 ? pid : null;
  } catch (error) {
    if (["ENOENT", "EACCES", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

/** As root, whose right to read is not that of the user whose daemon names the paths. */
function trustedOwner(home: string): number | null {
  const owner = ownerOf(home);
  return process.getuid?.() === 0 && owner !== 0 ? owner : null;
}

function isUnreachable(error: unknown): boolean {
  return error instanceof SupervisorError && (error.reason === "unreachable" || error.reason === "timeout");
}

function unlessAborted(error: unknown): void {
  if (!isAbort(error)) throw error;
}
