/** What real units would do at a boot, and whose their sockets are. Runs on the test host. */
import { expect, test } from "vitest";
import { SocketHolders } from "#lib/platform/socket-holders.ts";
import { made, make, onTestHost, PLAIN, RUN, systemd } from "./case-rig.ts";
import { tool, writeUnit } from "./contract-rig.ts";

onTestHost();
const STAYS = ["ExecStart=/bin/sleep infinity"];

test("what runs and does not come back, with the line that mends it", async () => {
  const circle = ["one", "two"].map((name) => `${RUN}-${name}.service`);
  const [off, needed, needs] = await Promise.all([
    make("off", STAYS),
    make("needed", STAYS),
    make("needs", STAYS, [`Requires=${RUN}-needed.service`]),
  ]);
  await make("one", STAYS, [`After=${circle[1]}`]);
  await make("two", STAYS, [`After=${circle[0]}`]);
  await tool("systemctl", "enable", "--quiet", needs, ...circle);
  for (const name of [off, needs, ...circle]) await systemd.act(name, "start", PLAIN);
  await tool("systemctl", "kill", "--signal=KILL", needed);
  const concerns = await systemd.bootConcerns(await systemd.list(), AbortSignal.timeout(10_000));
  const of = (name: string) => concerns.filter((one) => one.name === name).map(({ kind, command }) => [kind, command]);
  expect(of(off)).toEqual([["disabled", `sudo systemctl enable -- ${off}`]]);
  expect(of(needs)).toEqual([["waits-for-stopped", `sudo systemctl restart -- ${needed}`]]);
  expect(concerns.find(({ kind, words }) => kind === "circular-order" && words.includes(circle[0]!))?.words).toContain(
    circle[1],
  );
}, 60_000);

test("a socket unit's port is that of the service which it starts", async () => {
  const name = await make("socket", STAYS);
  const socket = name.replace(/service$/, "socket");
  made.add(socket);
  await writeUnit(socket, ["[Socket]", "ListenStream=127.0.0.1:18177"]);
  await tool("systemctl", "start", socket);
  const port = { protocol: "tcp", address: "127.0.0.1", port: 18177, target: null };
  expect((await systemd.plannedPorts()).get(name)).toEqual([port]);
  const { sockets } = await new SocketHolders().read();
  const held = sockets.filter(({ port: at }) => at === 18177);
  expect((await systemd.claimSockets(held, [])).map((claim) => claim?.name)).toEqual([name]);
}, 60_000);
