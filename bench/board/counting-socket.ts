import net from "node:net";

export interface CountingSocket {
  /** requests passed on since it was opened */
  requests(): number;
  close(): void;
}

/** A socket in front of the engine's own that counts the requests which pass: the proof that none is made. */
export function openCountingSocket(file: string, target: string): CountingSocket {
  let requests = 0;
  const server = net.createServer((client) => {
    const engine = net.connect(target);
    client.on("data", (chunk) => {
      requests += chunk.toString("latin1").match(/^(GET|HEAD|POST|PUT|DELETE) \/\S* HTTP\/1\.1\r$/gm)?.length ?? 0;
    });
    client.pipe(engine).pipe(client);
    for (const socket of [client, engine])
      socket.on("error", () => {
        client.destroy();
        engine.destroy();
      });
  });
  server.listen(file);
  return { requests: () => requests, close: () => void server.close() };
}
