import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { explain, signOf } from "./explain.ts";
import type { End, Known, Question } from "./signs/sign.ts";

const fixture = (name: string) => JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "fixtures", name), "utf8"));
/** what real programs printed when they failed, the last of it; and what is to be said of each */
const PRINTED: Record<string, { code: number | null; signal: string | null; lines: string[] }> =
  fixture("printed.json");
const EXPLAINED: Record<string, Record<string, unknown>> = fixture("explained.json");

const end = (more: Partial<Omit<End, "lines">> & { lines?: string[]; times?: number[] } = {}): End => {
  const { lines = [], times, ...rest } = more;
  return {
    ...{ event: "exited", supervisor: "systemd", isContainer: false, name: "shop.service", program: null },
    ...{ code: 1, signal: null, oomKilled: false, memoryLimit: null, reason: null, gaveUp: false, ports: [] },
    isRead: true,
    ...rest,
    lines: lines.map((text, index) => ({ time: times?.[index] ?? null, text })),
  };
};
const docker = { supervisor: "docker", isContainer: true, name: "shop" } as const;
const told = (of: End, known: Known = {}) => explain(of, async () => known);

describe("what real programs printed", () => {
  test.each(Object.keys(PRINTED))("%s", async (name) => {
    const { code, signal, lines } = PRINTED[name]!;
    let asked: Question | null = null;
    const explained = await explain(end({ supervisor: "pm2", name: "shop", code, signal, lines }), async (question) => {
      asked = question;
      return {};
    });
    const { signature, title, words, evidence, command } = explained!;
    expect({ signature, title, words, evidence, command, asked }).toEqual(EXPLAINED[name]);
  });
});

describe("with what the host knows", () => {
  const port = end({ lines: ["listen tcp :3000: bind: address already in use"] });
  const refused = end({ lines: ["connect ECONNREFUSED 127.0.0.1:5432"] });
  const full = end({ lines: ["write /srv/data/x: no space left on device"] });
  const exec = end({ code: 203, program: "/srv/shop/run" });
  const program = { exists: true, isFolder: false, executable: true, interpreter: "/bin/sh", interpreterExists: true };
  test.each<[what: string, of: End, known: Known, title: string, words: string]>([
    [
      "a container",
      port,
      { holder: { service: "local/docker/grafana", name: "grafana", own: false } },
      "Port 3000 is already in use",
      "It is held by the container `grafana`.",
    ],
    [
      "a stray process",
      port,
      { holder: { service: null, name: "python3 (4711)", own: false } },
      "Port 3000 is already in use",
      "It is held by `python3 (4711)`.",
    ],
    [
      "an earlier run of its own",
      port,
      { holder: { service: "local/systemd/shop.service", name: "shop.service", own: true } },
      "Port 3000 is already in use",
      "`shop.service` holds it itself: a process of an earlier run has not ended.",
    ],
    [
      "one that is stopped",
      refused,
      { behind: { service: "local/systemd/pg", name: "postgresql.service", state: "stopped", usual: false } },
      "Nothing answered at 127.0.0.1:5432",
      "It connects to port 5432 and was refused. `postgresql.service`, which listens there, is stopped.",
    ],
    [
      "one that came up since",
      refused,
      { behind: { service: "local/systemd/pg", name: "postgresql.service", state: "running", usual: false } },
      "Nothing answered at 127.0.0.1:5432",
      "It connects to port 5432 and was refused. `postgresql.service`, which listens there, runs by now.",
    ],
    [
      "a disk",
      full,
      {
        disk: { path: "/srv", total: 2 ** 30, free: 0, noNodes: false, grew: [{ path: "/srv/a.log", bytes: 2 ** 29 }] },
      },
      "The disk at /srv is full",
      "`/srv` has 0 B left of 1 GB. Written last and largest there: `/srv/a.log`, 512 MB.",
    ],
    [
      "a disk without inodes",
      full,
      { disk: { path: "/srv", total: 2 ** 30, free: 2 ** 28, noNodes: true, grew: [] } },
      "/srv can hold no more files",
      "There is room on `/srv`, and no inode is left for another file.",
    ],
    [
      "no such interpreter",
      exec,
      { program: { ...program, interpreter: "/usr/bin/python9", interpreterExists: false, carriageReturn: false } },
      "There is no interpreter /usr/bin/python9",
      "The first line of `/srv/shop/run` names `/usr/bin/python9`, and there is no such program.",
    ],
    [
      "no right to run",
      exec,
      { program: { ...program, executable: false, carriageReturn: false } },
      "/srv/shop/run is not executable",
      "The file is there, and nobody has the right to run it.",
    ],
  ])("%s", async (_, of, known, title, words) => {
    expect(await told(of, known)).toMatchObject({ title, words });
  });
});

describe("what the supervisor says", () => {
  test.each<[what: string, of: End, signature: string, words: string]>([
    [
      "a port that is published twice",
      end({
        ...docker,
        code: null,
        reason:
          "driver failed programming external connectivity: Bind for 0.0.0.0:8080 failed: port is already allocated",
      }),
      "port-in-use",
      "It wants to listen on port 8080, and something else did. It is free by now, or its holder cannot be seen.",
    ],
    [
      "a folder that is not there to be mounted",
      end({
        ...docker,
        code: null,
        reason: `invalid mount config for type "bind": bind source path does not exist: /srv/gone`,
      }),
      "missing-file",
      "The engine could not mount `/srv/gone`.",
    ],
    [
      "the machine's memory, not its own limit",
      end({ signal: "SIGKILL", code: null, oomKilled: true }),
      "memory-limit",
      "The kernel chose this service to end, to save the others. It has no memory limit of its own.",
    ],
    [
      "a kill that nobody here asked for",
      end({ signal: "SIGKILL", code: null, lines: ["begins"] }),
      "sigkill",
      "Nobody asked for it here, and the kernel tells of no kill for want of memory. Who sent the signal is not written down.",
    ],
    [
      "tries that are used up, behind what explains them",
      end({ ...docker, gaveUp: true, lines: ["Error: Cannot find module 'pg'"] }),
      "missing-module",
      "It loads `pg`, which is not installed where it looks. The engine has used up its tries and does not start it again.",
    ],
    [
      "a start limit, behind what explains it",
      end({ reason: "Started more than 5 times in 10 s (start-limit-hit)", lines: ["bash: serve: command not found"] }),
      "missing-command",
      "`serve` is in no folder of its `PATH`. systemd starts it no more until `systemctl reset-failed shop.service`.",
    ],
    [
      "a stop that took too long",
      end({ signal: "SIGKILL", code: null, lines: ["shop.service: State 'stop-sigterm' timed out. Killing."] }),
      "stop-timeout",
      "systemd sent its stop signal, waited for `TimeoutStopSec=`, and killed it.",
    ],
  ])("%s", async (_, of, signature, words) => {
    expect(await told(of)).toMatchObject({ signature, words });
  });
});

describe("nothing is guessed", () => {
  test.each<[what: string, of: End, signature: string | null]>([
    ["an exit with words that mean nothing known", end({ lines: ["no tenant"] }), null],
    ["an error that it only told of", end({ lines: ["Error: cache is cold", "serving on 3000", "bye"] }), null],
    ["a log that could not be read", end({ isRead: false }), null],
    [
      "an error that came clearly later than a known sign",
      end({
        lines: ["connect ECONNREFUSED 127.0.0.1:6379", "TypeError: x is not a function", "    at a.js:1:1"],
        times: [0, 30_000, 30_000],
      }),
      "uncaught-error",
    ],
    [
      "a sign of a minute ago",
      end({ lines: ["connect ECONNREFUSED 127.0.0.1:6379", "bye"], times: [0, 90_000] }),
      null,
    ],
    [
      "the last of two signs",
      end({ lines: ["connect ECONNREFUSED 127.0.0.1:6379", "Error: Cannot find module 'pg'"], times: [0, 500] }),
      "missing-module",
    ],
  ])("%s", (_, of, signature) => {
    expect(signOf(of)?.signature ?? null).toBe(signature);
  });

  test("what a line says never leaves its backquotes, nor its word of a command", async () => {
    const explained = await told(end({ lines: ["open /srv/`x`/$(id);'y: permission denied"] }));
    expect(explained?.words.split("`").length).toBe(3);
    const path = "/srv/$(id);'x";
    const quoted = await told(end({ lines: [`EACCES: permission denied, open '/srv/$(id);x'`] }));
    expect(quoted?.command).toBe("namei -l '/srv/$(id);x'");
    expect((await told(end({ lines: [`open ${path}: permission denied`] })))?.command).toBe(
      `namei -l '/srv/$(id);'\\''x'`,
    );
  });
});
