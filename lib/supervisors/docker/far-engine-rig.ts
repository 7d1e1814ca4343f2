/** For tests and benchmarks: this machine's engine as another machine's. Its files mean nothing then, and everything comes through its API. */
import net, { type AddressInfo } from "node:net";

/** The engine behind a socket, over TCP. */
export async function openFarEngine(socket: string): Promise<{ endpoint: string; close(): void }> {
  const server = net.createServer((client) => {
    const engine = net.connect(socket);
    client.pipe(engine).pipe(client);
    for (const end of [client, engine])
      end.on("error", () => {
        client.destroy();
        engine.destroy();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
