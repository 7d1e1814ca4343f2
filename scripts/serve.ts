/**
 * Runs the built server in this process: checks the configuration, listens, and says where on one line. Works from a
 * checkout (`.next/standalone`) and from inside the standalone folder itself, as in the image.
 */
import { subscribe } from "node:diagnostics_channel";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { prepareRequests } from "#lib/platform/incoming.ts";
import { readConfiguration } from "./configuration.ts";

const root = path.dirname(import.meta.dirname);
const server = [path.join(root, "server.js"), path.join(root, ".next/standalone/server.js")].find((file) =>
  fs.existsSync(file),
);
if (!server) {
  console.error("There is no build here. Run `npm start`, which makes one, or `npm run build` first.");
  process.exit(1);
}

const { host, port, baseUrl } = readConfiguration();
Object.assign(process.env, {
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
  HOSTNAME: host,
  PORT: String(port === 0 ? await freePort() : port),
});

// The server listens before it has booted: what comes in meanwhile is treated like the rest.
prepareRequests();

let announced = false;
subscribe("tracing:net.server.listen:error", (message) => refuse((message as { error: unknown }).error));
subscribe("tracing:net.server.listen:asyncEnd", () => void announce());
// The framework's own greeting would be a second line.
const print = console.log;
console.log = () => undefined;
await import(pathToFileURL(server).href);

async function announce() {
  if (announced) return;
  announced = true;
  const at = `http://${net.isIPv6(host) ? `[${host}]` : host}:${process.env.PORT}`;
  // Listening is not yet serving: the first answer comes when the server has booted.
  await fetch(`${reachable(at)}/api/health/live`).catch(() => undefined);
  console.log = print;
  console.log(baseUrl && baseUrl !== at ? `Trihelm is at ${baseUrl} (listening on ${at})` : `Trihelm is at ${at}`);
}

function refuse(error: unknown) {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EADDRINUSE")
    console.error(
      `Another program listens on ${host}, port ${port}: perhaps Trihelm already runs. Set TRIHELM_PORT to a free port, or end it.`,
    );
  else console.error(`Trihelm cannot listen on ${host}, port ${port}: ${(error as Error).message}`);
  process.exit(1);
}

/** An address to listen on everywhere is none to call. */
function reachable(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on("error", reject);
    probe.listen(0, host, () => {
      const { port: free } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(free));
    });
  });
}
