/**
 * The API over Docker, systemd where it runs, and one PM2 home, alone in its process, so that its memory is its own.
 * Prints its port and the header that lets in. With `relay` after the home, logs are read along with for codes.
 */
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { createApp } from "#lib/api/app.ts";
import { bearer, somebody } from "#lib/auth/people-rig.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { startRelay } from "#lib/relay/start.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { createPm2 } from "#lib/supervisors/pm2/adapter.ts";
import type { Supervisor } from "#lib/supervisors/supervisor.ts";
import { createSystemd } from "#lib/supervisors/systemd/adapter.ts";

const SOCKET = "/var/run/docker.sock";
const [pm2Home = "", relay] = process.argv.slice(2);

const sources: Supervisor[] = [
  createDocker({ host: "local", endpoint: `unix://${SOCKET}` }),
  createPm2({ host: "local", home: pm2Home, user: null }),
];
if (fs.existsSync("/run/systemd/system")) sources.push(createSystemd({ host: "local", mode: "system" }));
for (const source of sources) watchSupervisor(source, new AbortController().signal);
await firstLook(10_000);

const scratch = await openScratch();
process.on("SIGTERM", () => void scratch.close().then(() => process.exit(0)));
if (relay === "relay") await startRelay(new AbortController().signal);
const headers = await bearer(await somebody("bench"));
const app = createApp();
const server = http.createServer(async (incoming, outgoing) => {
  const leaving = new AbortController();
  outgoing.on("close", () => leaving.abort());
  const sent = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const request = new Request(`http://localhost${incoming.url}`, { headers: sent, signal: leaving.signal });
  const answer = await app.fetch(request);
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body)
    Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0])
      .on("error", () => outgoing.destroy())
      .pipe(outgoing);
  else outgoing.end();
});
// the client stands still for minutes while it measures the other tool
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () =>
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port, headers })),
);
