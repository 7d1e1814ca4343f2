/** Real failures under all three supervisors, all at once: each gives its card, word for word. Runs on the test host. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readHappenings } from "../events/store.ts";
import { type Failures, openFailures } from "./failures-rig.ts";
import { withCauses } from "./of-events.ts";
import type { Cause } from "./shapes.ts";

const RUN = `trihelm-fail-${Date.now().toString(36)}`;
const D = `/srv/${RUN}`;
const NODE = process.execPath;
const PORT = 39_871;
let on: Failures;

const LOOP = `ExecStart=/bin/sh -c 'sleep 0.05; echo "round $$RANDOM"; exit 7'`;
const UNITS: Record<string, [service: string[], unit?: string[]]> = {
  exit: [["ExecStart=/bin/sh -c 'echo \"no tenant\"; exit 1'"]],
  segv: [["ExecStart=/bin/sh -c 'kill -SEGV $$$$'"]],
  oom: [["ExecStart=/usr/bin/tail /dev/zero", "MemoryMax=20M", "MemorySwapMax=0"]],
  // what it names stays loaded: systemd forgets units that nothing refers to
  holder: [[`ExecStart=${NODE} ${D}/port.cjs`], [`After=${RUN}-condition.service`]],
  port: [["ExecStartPre=/bin/sleep 2", `ExecStart=${NODE} ${D}/port.cjs`]],
  module: [[`ExecStart=${NODE} ${D}/module.cjs`]],
  full: [[`ExecStart=${D}/full.sh`, `WorkingDirectory=${D}`]],
  limit: [
    ["ExecStart=/bin/sh -c 'echo begins; exit 4'", "Restart=on-failure", "RestartSec=10ms"],
    ["StartLimitBurst=3"],
  ],
  silent: [["ExecStart=/bin/sh -c 'exit 3'"]],
  nofile: [[`ExecStart=${D}/nowhere`]],
  windows: [[`ExecStart=${D}/windows.sh`]],
  folder: [["ExecStart=/bin/true", `WorkingDirectory=${D}/nowhere`]],
  user: [["ExecStart=/bin/true", "User=trihelm-nobody-such"]],
  condition: [["ExecStart=/bin/true"], [`ConditionPathExists=${D}/nowhere`]],
  assertion: [["ExecStart=/bin/true"], [`AssertPathExists=${D}/nowhere`]],
  watchdog: [["ExecStart=/bin/sleep 60", "WatchdogSec=300ms"]],
  slow: [["Type=notify", "ExecStart=/bin/sleep 60", "TimeoutStartSec=400ms"]],
  mongod: [["ExecStart=/bin/sh -c 'sleep 1; exit 14'"]],
  needy: [["ExecStart=/bin/true"], [`Requires=${RUN}-broken.service`, `After=${RUN}-broken.service`]],
  broken: [["Type=oneshot", "ExecStart=/bin/false"]],
  dials: [["ExecStartPre=/bin/sleep 2.5", `ExecStart=${NODE} ${D}/refuses.cjs`]],
  loops: [[LOOP, "Restart=always", "RestartSec=20ms"], ["StartLimitIntervalSec=0"]],
};

beforeAll(async () => {
  on = await openFailures(RUN);
  on.file("refuses.cjs", 'require("node:net").connect(27017, "127.0.0.1");');
  on.file("module.cjs", 'require("express-missing");');
  on.file("port.cjs", `require("node:http").createServer().listen(${PORT}, "127.0.0.1");`);
  on.file("heap.cjs", "const kept = []; setInterval(() => kept.push(Buffer.alloc(8e6, 1)), 20);");
  on.file("full.sh", "#!/bin/bash\nwhile printf '%0200d' 1 >> small/app.log; do :; done; exit 1\n", 0o755);
  on.file("windows.sh", "#!/bin/bash\r\necho hello\r\n", 0o755);
  for (const [name, [service, unit]] of Object.entries(UNITS)) on.unit(name, service, unit);
  await on.seen(Object.keys(UNITS).map((name) => `local/systemd/${RUN}-${name}.service`));
  const started = Object.keys(UNITS).filter((name) => name !== "broken");
  await on.tool("systemctl", "start", "--no-block", ...started.map((name) => `${RUN}-${name}.service`));
  const flapping = "if [ -e /tmp/ok ]; then exit 0; fi; echo no answer; exit 1";
  await Promise.all([
    on.container("oom", ["--memory", "12m", "--memory-swap", "12m"], ["tail", "/dev/zero"]),
    on.container("exit", [], ["sh", "-c", "echo 'no such table: users'; exit 2"]),
    on.container("command", [], ["serve-the-shop"]),
    on.container("refused", [], ["sh", "-c", "echo 'dial tcp 127.0.0.1:5432: connect: connection refused'; exit 1"]),
    on.container(
      "sick",
      ["--health-cmd", flapping, "--health-interval", "1s", "--health-retries", "1"],
      [...["sh", "-c", "sleep 4; echo > /tmp/ok; sleep 60"]],
    ),
    on.pm2.start([`${D}/heap.cjs`, "--name", `${RUN}-memory`, "--max-memory-restart", "80M"]),
    on.pm2.start([`${D}/module.cjs`, "--name", `${RUN}-module`, "--no-autorestart"]),
  ]);
  await on.container("port", ["--publish", `127.0.0.1:${PORT}:80`], ["sleep", "60"]);
}, 60_000);
afterAll(() => on?.close(), 60_000);

type Wanted = Partial<Record<keyof NonNullable<Cause["explanation"]>, unknown>>;
const unit = (name: string) => `${RUN}-${name}.service`;

describe.concurrent("each failure has its card", { timeout: 30_000 }, () => {
  test.each<[name: string, ended: string, explained: Wanted | null]>([
    ["exit.service", "exit 1", null],
    [
      "segv.service",
      "SIGSEGV",
      {
        title: "It crashed (SIGSEGV)",
        words: "It touched memory that is not its own. That is a fault of the program, or of a library that it uses.",
        command: `coredumpctl info ${unit("segv")}`,
      },
    ],
    [
      "oom.service",
      "out of memory at 20 MB",
      {
        title: "Out of memory at its 20 MB limit",
        words: "The kernel ended it when it needed more than `MemoryMax=` allows, 20 MB.",
        command: `systemctl edit ${unit("oom")}`,
      },
    ],
    [
      "port.service",
      "exit 1",
      {
        title: `Port ${PORT} is already in use`,
        words: `It is held by \`${unit("holder")}\`.`,
        related: `local/systemd/${unit("holder")}`,
        evidence: `Error: listen EADDRINUSE: address already in use 127.0.0.1:${PORT}`,
        command: `ss -ltnp 'sport = :${PORT}'`,
      },
    ],
    [
      "module.service",
      "exit 1",
      {
        title: "The module express-missing is missing",
        words: "It loads `express-missing`, which is not installed where it looks.",
        evidence: "Error: Cannot find module 'express-missing'",
        command: "npm ci",
      },
    ],
    [
      "full.service",
      "exit 1",
      {
        title: `The disk at ${D}/small is full`,
        words: `\`${D}/small\` has 0 B left of 2 MB. Written last and largest there: \`${D}/small/app.log\`, 2 MB.`,
        command: `df -h ${D}/small`,
      },
    ],
    [
      "limit.service",
      "exit 4",
      {
        title: "It was started too often",
        evidence: `${unit("limit")}: Start request repeated too quickly.`,
        command: `systemctl reset-failed ${unit("limit")}`,
      },
    ],
    ["silent.service", "exit 3", { title: "It ended before it printed anything", evidence: null }],
    [
      "nofile.service",
      "exit 203",
      {
        title: `There is no program ${D}/nowhere`,
        words: `It is told to run \`${D}/nowhere\`, and there is no such file.`,
      },
    ],
    [
      "windows.service",
      "exit 203",
      {
        title: `${D}/windows.sh has line ends of Windows`,
        words: "Its first line asks for `/bin/bash\\r`: the line end has become part of the name.",
        command: `sed -i 's/\\r$//' ${D}/windows.sh`,
      },
    ],
    [
      "folder.service",
      "exit 200",
      {
        title: "Its working directory cannot be entered",
        words: expect.stringMatching(/^The folder of `WorkingDirectory=` is not there, or its user may not enter it\./),
      },
    ],
    [
      "user.service",
      "exit 217",
      {
        title: "Its user does not exist",
        words: expect.stringMatching(/^There is no user of the name in `User=`\./),
      },
    ],
    [
      "condition.service",
      "not started",
      {
        title: "A condition did not hold",
        words: `systemd did not start it, and calls that no failure: \`ConditionPathExists=${D}/nowhere\` does not hold.`,
      },
    ],
    ["assertion.service", "not started", { title: "An assertion did not hold" }],
    [
      "needy.service",
      "not started",
      {
        title: "What it depends on failed",
        words: `systemd did not start it because \`${unit("broken")}\`, which it requires, did not start.`,
        command: `systemctl list-dependencies ${unit("needy")}`,
      },
    ],
    [
      "watchdog.service",
      "SIGABRT",
      {
        title: "Its watchdog heard nothing of it",
        words:
          "It has to report to systemd every 300ms and did not: it hung, or was too busy. systemd ended it with `SIGABRT`.",
      },
    ],
    [
      "slow.service",
      "SIGTERM",
      {
        title: "It took too long to start",
        words: "systemd waited for it to report ready, as its `Type=` asks, and ended it at `TimeoutStartSec=`.",
      },
    ],
    [
      "dials.service",
      "exit 1",
      {
        title: "Nothing answered at 127.0.0.1:27017",
        words: `It connects to port 27017 and was refused. \`${unit("mongod")}\`, which by its name listens there, has failed.`,
        related: `local/systemd/${unit("mongod")}`,
        next: `Look at why \`${unit("mongod")}\` has failed.`,
      },
    ],
    [
      "oom",
      "out of memory at 12 MB",
      {
        title: "Out of memory at its 12 MB limit",
        words: "The kernel ended it when it needed more than its container's memory limit, 12 MB.",
        command: `docker update --memory 24m --memory-swap -1 ${RUN}-oom`,
      },
    ],
    ["exit", "exit 2", null],
    [
      "command",
      "failed",
      {
        title: "There is no program serve-the-shop in the image",
        words:
          "The container is told to run `serve-the-shop`, and its image has no such program, or none of its interpreter.",
      },
    ],
    [
      "port",
      "failed",
      {
        title: `Port ${PORT} is already in use`,
        words: `It is held by \`${unit("holder")}\`.`,
        evidence: null,
        related: `local/systemd/${unit("holder")}`,
      },
    ],
    [
      "refused",
      "exit 1",
      {
        title: "Nothing answered at 127.0.0.1:5432",
        words:
          "In a container `127.0.0.1` is the container itself, unless it uses the host's network: nothing in it listens on port 5432.",
      },
    ],
    ["sick", "unhealthy", { title: "Its health check fails", words: "It runs, and its check says `no answer`." }],
    [
      "memory",
      "out of memory at 80 MB",
      {
        title: "Out of memory at its 80 MB limit",
        words: "PM2 ended it because it used more than `max_memory_restart` allows, 80 MB.",
      },
    ],
    ["module", "exit 1", { title: "The module express-missing is missing" }],
  ])("%s: %s", async (name, ended, explained) => {
    const isWanted = ({ ended: how, explanation }: Cause) =>
      how === ended && (explained === null || explanation?.title === explained.title);
    const card = await on.card(`${RUN}-${name}`, isWanted);
    if (explained === null) expect(card.explanation).toBeNull();
    else expect(card.explanation).toMatchObject(explained);
  });

  test("it holds the last lines of that run, how long it ran, and what came before in the order of time", async () => {
    const card = await on.card(unit("exit"));
    expect(card.lines.map(({ text }) => text)).toEqual([
      "no tenant",
      `${unit("exit")}: Main process exited, code=exited, status=1/FAILURE`,
      `${unit("exit")}: Failed with result 'exit-code'.`,
    ]);
    expect(card.ran).toBeLessThan(10);
    const later = await on.card(unit("dials"));
    const times = later.before.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
    expect(later.before.find(({ service }) => service === `local/systemd/${unit("mongod")}`)?.words).toMatch(
      new RegExp(`^${unit("mongod")} failed (less than 1|\\d+) s before$`),
    );
    const listed = await on.card(`${RUN}-exit`);
    expect(listed.lines.map(({ text }) => text)).toEqual(["no such table: users"]);
  });

  test("a health that comes and goes is told each way", async () => {
    await on.card(`${RUN}-sick`);
    await on.until(() => on.kinds(`local/docker/${RUN}-sick`).includes("healthy"));
    expect(on.kinds(`local/docker/${RUN}-sick`)).toEqual(["unhealthy", "healthy"]);
  });

  test("every round of a loop is counted, a daemon-reload in the middle or not, and it has one card", async () => {
    const id = `local/systemd/${unit("loops")}`;
    const counted = () => on.happened.reduce((sum, one) => sum + (one.service === id ? one.count : 0), 0);
    await on.until(() => counted() > 10);
    await on.tool("systemctl", "daemon-reload");
    const before = counted();
    await on.until(() => counted() > before + 10);
    const told = async () =>
      Number(await on.tool("systemctl", "show", "--value", "--property=NRestarts", unit("loops")));
    const least = await told();
    expect(least).toBeGreaterThan(20);
    await on.until(() => counted() >= least);
    // it goes on: what was counted by now is no more than what systemd counts a moment later
    const most = counted();
    expect(await told()).toBeGreaterThanOrEqual(most);
    await on.tool("systemctl", "stop", unit("loops"));
    expect(on.cards.filter(({ service }) => service === id).length).toBe(1);
    const events = await withCauses(id, await readHappenings(id, 100));
    expect(events.filter(({ kind }) => kind === "restarted").every(({ cause }) => cause?.ended === "exit 7")).toBe(
      true,
    );
  });

  test("what somebody had done by another tool is no failure", async () => {
    await on.pm2.pm2("restart", RUN);
    const id = `local/pm2/${RUN}`;
    await on.until(() => on.kinds(id).includes("restarted"));
    expect(on.happened.find(({ service }) => service === id)).toMatchObject({ detail: { asked: "elsewhere" } });
    expect(on.cards.some(({ service }) => service === id)).toBe(false);
  });
});
