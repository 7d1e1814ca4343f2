// Behaves like the WhatsApp scheduler: `api` answers on 3001, `worker` sends from a queue and links a phone by a QR code
// that it prints between its JSON lines, `dragonfly` speaks enough of Redis. Which one is the first argument.
//   worker: WA_SHOW_QR=1 or SIGUSR2 prints a code, by turns one of two, SIGHUP is the phone that linked
import fs from "node:fs";
import http from "node:http";
import net from "node:net";

const role = process.argv[2];
const LEVELS = { info: 30, warn: 40, error: 50 };
const log = (level, msg, more = {}) =>
  console.log(JSON.stringify({ level: LEVELS[level], time: Date.now(), pid: process.pid, name: role, msg, ...more }));

const roles = { api, worker, dragonfly };
roles[role]();
console.log(`ready wa-scheduler-${role}`);
process.on("SIGTERM", () => {
  log("info", "[System] Shutting down");
  setTimeout(() => process.exit(0), 30);
});

function api() {
  fs.writeFileSync("/app/server/data/app.db", "SQLite format 3\0");
  http
    .createServer((request, response) => {
      log("info", "[HTTP] request", { method: request.method, url: request.url });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "ok", redis: process.env.REDIS_HOST }));
    })
    .listen(3001, "0.0.0.0", () => log("info", "[HTTP] API listening", { port: 3001 }));
}

function worker() {
  const session = "/app/server/baileys_session/creds.json";
  const codes = ["/app/whatsapp-qr.txt", "/app/whatsapp-qr-next.txt"];
  const showCode = () => {
    log("warn", "[WA] Action Required: Scan QR Code");
    console.log(fs.readFileSync(codes[0], "utf8"));
    codes.reverse();
    log("info", "[WA] Waiting for the phone");
  };
  process.on("SIGUSR2", showCode);
  process.on("SIGHUP", () => {
    fs.writeFileSync(session, '{"registered":true}\n');
    log("info", "[WA] WhatsApp Client Connected");
  });
  if (process.env.WA_SHOW_QR === "1") showCode();
  else log("info", "[WA] WhatsApp Client Connected");
  let job = 0;
  setInterval(() => {
    job += 1;
    log(job % 15 === 0 ? "warn" : "info", job % 15 === 0 ? "[Queue] Retry" : "[Queue] Message sent", { job });
  }, 3000);
}

function dragonfly() {
  const server = net.createServer((socket) => socket.on("data", () => socket.write("+PONG\r\n")));
  server.listen(6379, () => log("info", "accepting connections", { port: 6379 }));
  setInterval(() => fs.writeFileSync("/data/dump.dfs", String(Date.now())), 10_000);
}
