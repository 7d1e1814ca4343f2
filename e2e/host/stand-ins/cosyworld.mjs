// Behaves like CosyWorld: a web service with live and ready checks, and a bot that says what it does.
import http from "node:http";

const port = Number(process.env.WEB_PORT ?? 3100);
const server = http.createServer((request, response) => {
  const known = request.url === "/api/health/live" || request.url === "/api/health/ready";
  response.writeHead(known ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify({ status: known ? "ok" : "not found" }));
});
server.listen(port, "127.0.0.1", () => {
  console.log(`[info] WebService listening on port ${port}`);
  console.log("ready cosyworld");
});
const chat = setInterval(
  () => console.log("[info] [DiscordService] message handled avatar=Rati channel=general"),
  4000,
);
for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, () => {
    clearInterval(chat);
    console.log(`🛑 Received ${signal}, starting graceful shutdown...`);
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(0), 200).unref();
  });
