import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readGathered } from "./gathered.ts";

const never = new AbortController().signal;
let folder: string;
let socket: string;
const servers: net.Server[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-gathered-"));
  socket = path.join(folder, "socket");
});

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  fs.rmSync(folder, { recursive: true });
});

async function serve<T extends net.Server>(server: T): Promise<T> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return server;
}

async function all(signal = never): Promise<{ body: string; pieces: number }> {
  const found: Buffer[] = [];
  for await (const piece of readGathered({ path: socket }, "/logs?follow=true", signal)) found.push(piece);
  return { body: Buffer.concat(found).toString(), pieces: found.length };
}

test("a hundred thousand chunks come in few pieces, each of them whole", async () => {
  const lines = Array.from({ length: 100_000 }, (_, n) => `line ${n} of many\n`);
  await serve(
    http.createServer(async (request, response) => {
      expect(request.url).toBe("/logs?follow=true");
      for (const line of lines)
        if (!response.write(line)) await new Promise((resolve) => response.once("drain", resolve));
      response.end();
    }),
  );
  const { body, pieces } = await all();
  expect(body).toBe(lines.join(""));
  expect(pieces).toBeLessThan(10_000);
});

test("over TCP as well", async () => {
  const server = http.createServer((_, response) => void response.end("hello"));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const found = await Array.fromAsync(readGathered({ host: "127.0.0.1", port }, "/", never));
  expect(Buffer.concat(found).toString()).toBe("hello");
});

test("nothing is read while nobody asks", async () => {
  let written = 0;
  await serve(
    http.createServer((_, response) => {
      const go = () => {
        while (written < 50_000_000 && response.write(Buffer.alloc(50_000))) written += 50_000;
        response.once("drain", go);
      };
      go();
    }),
  );
  const reading = readGathered({ path: socket }, "/", never);
  await reading.next();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(written).toBeLessThan(2_000_000);
  await reading.return(undefined);
});

test("what the engine refuses is told in its words", async () => {
  await serve(
    http.createServer((_, response) => {
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: "No such container: x" }));
    }),
  );
  await expect(all()).rejects.toMatchObject({ statusCode: 404, json: { message: "No such container: x" } });
});

test("a connection that ends in the middle is no whole answer", async () => {
  await serve(
    net.createServer((client) => {
      client.resume().end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    }),
  );
  const reading = readGathered({ path: socket }, "/", never);
  expect(String((await reading.next()).value)).toBe("abc");
  await expect(reading.next()).rejects.toMatchObject({ code: "ECONNRESET" });
});

test("nobody listens there", async () => {
  await expect(all()).rejects.toMatchObject({ code: "ENOENT" });
});

test("an abort ends it, whether something comes or not", async () => {
  const open = new Set<net.Socket>();
  const server = await serve(
    http.createServer((_, response) => {
      response.write("first");
    }),
  );
  server.on("connection", (client) => {
    open.add(client);
    client.on("close", () => open.delete(client));
  });
  const leaving = new AbortController();
  const reading = readGathered({ path: socket }, "/", leaving.signal);
  expect(String((await reading.next()).value)).toBe("first");
  const next = reading.next();
  leaving.abort();
  await expect(next).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(open.size).toBe(0));
  await expect(all(leaving.signal)).rejects.toMatchObject({ name: "AbortError" });
});

test("who has had enough leaves nothing open", async () => {
  const closed = vi.fn();
  await serve(
    http.createServer((_, response) => {
      response.on("close", closed);
      response.write("first");
    }),
  );
  for await (const piece of readGathered({ path: socket }, "/", never)) {
    expect(String(piece)).toBe("first");
    break;
  }
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
});
