/** Real failures under all three supervisors, all at once: each gives its card, word for word. Runs on the test host. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failures, openFailures } from "./failures-rig.ts";

const RUN = `trihelm-fail-${Date.now().toString(36)}`;
const NODE = process.execPath;
let on: Failures;

beforeAll(async () => {
  on = await openFailures(RUN);
  on.file("refuses.cjs", 'require("node:net").connect(27017, "127.0.0.1");');
  on.file("module.cjs", 'require("express-missing");');
  on.file("port.cjs", 'require("node:http").createServer().listen(39871, "127.0.0.1");');
  on.file("heap.cjs", "const kept = []; setInterval(() => kept.push(Buffer.alloc(8e6, 1)), 20);");
  on.file(
    "full.sh",
    "#!/bin/bash\nwhile echo 'a line that goes on and on and on and on and on' >> small/app.log; do :; done; exit 1\n",
    0o755,
  );
  on.file("windows.sh", "#!/bin/bash\r\necho hello\r\n", 0o755);
  const D = on.folder;
  on.unit("exit", ["ExecStart=/bin/sh -c 'echo \"no tenant\"; exit 1'"]);
  on.unit("segv", ["ExecStart=/bin/sh -c 'kill -SEGV $$$$'"]);
  on.unit("oom", ["ExecStart=/usr/bin/tail /dev/zero", "MemoryMax=20M", "MemorySwapMax=0"]);
  on.unit("holder", [`ExecStart=${NODE} ${D}/port.cjs`]);
  on.unit("port", [`ExecStart=${NODE} ${D}/port.cjs`]);
  on.unit("module", [`ExecStart=${NODE} ${D}/module.cjs`]);
  on.unit("full", [`ExecStart=${D}/full.sh`, `WorkingDirectory=${D}`]);
  on.unit(
    "limit",
    ["ExecStart=/bin/sh -c 'echo begins; exit 4'", "Restart=on-failure", "RestartSec=10ms"],
    ["StartLimitBurst=3"],
  );
  on.unit("silent", ["ExecStart=/bin/sh -c 'exit 3'"]);
  on.unit("nofile", [`ExecStart=${D}/nowhere`]);
  on.unit("windows", [`ExecStart=${D}/windows.sh`]);
  on.unit("folder", ["ExecStart=/bin/true", `WorkingDirectory=${D}/nowhere`]);
  on.unit("user", ["ExecStart=/bin/true", "User=trihelm-nobody-such"]);
  on.unit("condition", ["ExecStart=/bin/true"], [`ConditionPathExists=${D}/nowhere`]);
  on.unit("watchdog", ["ExecStart=/bin/sleep 60", "WatchdogSec=300ms"]);
  on.unit("slow", ["Type=notify", "ExecStart=/bin/sleep 60", "TimeoutStartSec=400ms"]);
  on.unit("mongod", ["ExecStart=/bin/sh -c 'sleep 1; exit 14'"]);
  on.unit("needy", ["ExecStart=/bin/true"], [`Requires=${RUN}-exit.service`, `After=${RUN}-exit.service`]);
  on.unit("dials", ["ExecStartPre=/bin/sleep 2.5", `ExecStart=${NODE} ${D}/refuses.cjs`]);
  on.unit(
    "loops",
    ["ExecStart=/bin/sh -c 'sleep 0.05; echo \"round $$RANDOM\"; exit 7'", "Restart=always", "RestartSec=20ms"],
    ["StartLimitIntervalSec=0"],
  );
  await on.tool("systemctl", "daemon-reload");
}, 60_000);
afterAll(() => on?.close(), 60_000);

describe.concurrent("each failure has its card", { timeout: 40_000 }, () => {
  test("dump", async () => {
    const names =
      "exit segv oom holder module full limit silent nofile windows folder user condition watchdog slow mongod dials loops".split(
        " ",
      );
    await Promise.all(names.map((name) => on.start(`${RUN}-${name}.service`)));
    await on.start(`${RUN}-port.service`);
    await on.tool("systemctl", "start", `${RUN}-needy.service`).catch(() => "");
    await Promise.all([
      on.container("oom", ["--memory", "12m", "--memory-swap", "12m"], ["tail", "/dev/zero"]),
      on.container("exit", [], ["sh", "-c", "echo 'no such table: users'; exit 2"]),
      on.container("command", [], ["serve-the-shop"]),
      on.container("port", ["--publish", "127.0.0.1:39871:80"], ["sleep", "60"]),
      on.pm2.start([`${on.folder}/heap.cjs`, "--name", `${RUN}-memory`, "--max-memory-restart", "80M"]),
      on.pm2.start([`${on.folder}/module.cjs`, "--name", `${RUN}-module`, "--no-autorestart"]),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 8000));
    for (const { service, cause, took } of on.cards)
      console.log(service, Math.round(took), JSON.stringify(cause, null, 1));
    console.log(
      on.happened
        .map(
          (h) =>
            `${h.service} ${h.kind} ${h.count} ${h.code} ${h.signal} ${h.oomKilled} ${h.reason} ${JSON.stringify(h.detail)} ${h.at}`,
        )
        .join("\n"),
    );
    expect(on.cards.length).toBeGreaterThan(3);
  });
});
