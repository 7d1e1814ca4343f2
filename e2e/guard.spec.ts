import net from "node:net";
import { expect, test } from "./fixtures.ts";
import { as, url } from "./stage/stage.ts";

const { hostname, port } = new URL(url);
const own = `${hostname}:${port}`;
// Even who has a right to come in is not let in by another name.
const signed = () => `Authorization: ${as("admin").authorization}`;

/** Speaks HTTP by hand: a browser and `fetch` write these headers themselves. */
function ask(head: string[], method = "GET", path = "/api/v1/services"): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () =>
      socket.end(`${[`${method} ${path} HTTP/1.1`, ...head, signed(), "Connection: close"].join("\r\n")}\r\n\r\n`),
    );
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

test("its own name and its own pages are let in", async () => {
  for (const host of [own, `localhost:${port}`, "localhost:9000"])
    expect(await ask([`Host: ${host}`])).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask([`Host: ${own}`, `Origin: http://${own}`])).toMatch(/^HTTP\/1\.1 200 /);
});

test("a foreign Host is refused: no rebinding", async () => {
  for (const host of ["evil.example", `evil.example:${port}`, `${hostname}.evil.example`, "localhost.evil.example"])
    for (const path of ["/api/v1/services", "/api/v1/events", "/"]) {
      const answer = await ask([`Host: ${host}`], "GET", path);
      expect(answer.slice(0, 12), `${host} ${path}`).toBe("HTTP/1.1 403");
      expect(answer.includes("clawdis")).toBe(false);
    }
});

test("a foreign Origin is refused, and nothing is done", async () => {
  const restart = "/api/v1/services/local/systemd/clawdis-gateway.service/restart";
  for (const origin of ["https://evil.example", "null", `http://${own}.evil.example`, "http://localhost:1"]) {
    const answer = await ask([`Host: ${own}`, `Origin: ${origin}`, "Content-Length: 0"], "POST", restart);
    expect(answer, origin).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain("application/problem+json");
  }
});

test("a form or an image of another site is refused", async () => {
  const sent = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"];
  expect(await ask([`Host: ${own}`, ...sent])).toMatch(/^HTTP\/1\.1 403 /);
});

test("it listens on loopback only", async ({ host }) => {
  const listening = host
    .run(["ss", "-Hltn", `sport = :${port}`])
    .trim()
    .split("\n");
  expect(listening).toHaveLength(1);
  expect(listening[0]).toContain(`127.0.0.1:${port}`);
});
