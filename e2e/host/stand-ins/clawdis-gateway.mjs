// Behaves like the Clawdis gateway: one Node process on five ports, JSON lines to the journal, its state under a home
// folder (settings, credentials, sessions as JSON lines). SIGHUP reloads the settings.
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const state = path.join(os.homedir(), ".clawdis");
const FIRST = Number(process.env.CLAWDIS_PORT ?? 18789);
const PARTS = ["gateway", "bridge", "browser", "voice", "canvas"];

const log = (level, subsystem, message, more = {}) =>
  console.log(JSON.stringify({ time: new Date().toISOString(), level, subsystem, message, ...more }));

for (const folder of ["credentials", "sessions"]) fs.mkdirSync(path.join(state, folder), { recursive: true });
const settings = path.join(state, "clawdis.json");
if (!fs.existsSync(settings)) fs.writeFileSync(settings, '{ "agent": { "workspace": "~/clawd" } }\n');
log("info", "boot", "starting", {
  node: process.version,
  telegramToken: process.env.TELEGRAM_BOT_TOKEN ? "set" : "missing",
});

const servers = PARTS.map((part, index) => {
  const server = part === "bridge" ? net.createServer((socket) => socket.end("hello\n")) : http.createServer(respond);
  server.listen(FIRST + index, "127.0.0.1", () => log("info", part, `listening on 127.0.0.1:${FIRST + index}`));
  server.on("error", (error) => {
    log("fatal", part, error.message, { code: error.code });
    process.exit(1);
  });
  return server;
});
console.log(`ready ${process.env.CLAWDIS_UNIT ?? "clawdis-gateway.service"}`);

let turn = 0;
const talk = setInterval(() => {
  turn += 1;
  const entry = { type: "message", turn, at: Date.now(), role: turn % 2 ? "user" : "assistant", text: `turn ${turn}` };
  const session = path.join(state, "sessions", `main-${new Date().toISOString().slice(0, 10)}.jsonl`);
  fs.appendFileSync(session, `${JSON.stringify(entry)}\n`);
  log(turn % 20 === 0 ? "warn" : "info", "agent", turn % 20 === 0 ? "slow reply" : "turn done", {
    turn,
    ms: 40 + (turn % 7),
  });
}, 2000);

process.on("SIGHUP", () => log("info", "config", "settings read again"));
process.on("SIGTERM", () => {
  clearInterval(talk);
  log("info", "boot", "stopping");
  for (const server of servers) server.close();
  setTimeout(() => process.exit(0), 50);
});

function respond(request, response) {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ ok: true, path: request.url }));
}
