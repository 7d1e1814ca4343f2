/** For tests and benchmarks: this machine's engine as another machine's. Its files mean nothing then, and everything comes through its API. */
import net, { type AddressInfo } from "node:net";
import { Transform } from "node:stream";

/** bytes at once by which an archive is told from what else the engine says */
const MUCH = 8 * 1024;

/** The engine behind a socket, over TCP. `slow`: milliseconds that each piece of much data takes, as on a bad line. */
export async function openFarEngine(socket: string, { slow = 0 } = {}): Promise<{ endpoint: string; close(): void }> {
  const server = net.createServer((client) => {
    const engine = net.connect(socket);
    client.pipe(engine);
    (slow > 0 ? engine.pipe(line(slow)) : engine).pipe(client);
    // what a killed reader had asked for is not waited for: the engine would hold the container until then
    client.on("close", () => engine.destroy());
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

function line(slow: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      if (chunk.length >= MUCH) setTimeout(pass, slow, null, chunk);
      else pass(null, chunk);
    },
  });
}
