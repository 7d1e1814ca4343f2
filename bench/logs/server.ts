/** The API over Docker, systemd where it runs, and one PM2 home, alone in its process, so that its memory is its own. Prints its port. */
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { createApp } from "#lib/api/app.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { openFarEngine } from "#lib/supervisors/docker/far-engine-rig.ts";
import { createPm2 } from "#lib/supervisors/pm2/adapter.ts";
import type { Supervisor } from "#lib/supervisors/supervisor.ts";
import { createSystemd } from "#lib/supervisors/systemd/adapter.ts";

const SOCKET = "/var/run/docker.sock";
const [pm2Home = ""] = process.argv.slice(2);

const far = await openFarEngine(SOCKET);
const sources: Supervisor[] = [
  createDocker({ host: "local", endpoint: `unix://${SOCKET}` }),
  createDocker({ host: "remote", endpoint: far.endpoint }),
  createPm2({ host: "local", home: pm2Home, user: null }),
];
if (fs.existsSync("/run/systemd/system")) sources.push(createSystemd({ host: "local", mode: "system" }));
for (const source of sources) watchSupervisor(source, new AbortController().signal);
await firstLook(10_000);

const app = createApp();
const server = http.createServer(async (incoming, outgoing) => {
  const leaving = new AbortController();
  outgoing.on("close", () => leaving.abort());
  const headers = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const request = new Request(`http://localhost${incoming.url}`, { headers, signal: leaving.signal });
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
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
