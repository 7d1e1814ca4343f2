/** The two packages of PM2's wire protocol carry no types; these are of what is used here. */
declare module "pm2-axon" {
  interface AxonSocket {
    set(name: string, value: unknown): AxonSocket;
    /** an object goes to `net.connect` as it is: a path with a blank or a percent sign survives */
    connect(to: string | { path: string }): AxonSocket;
    on(event: string, listener: (...args: unknown[]) => void): AxonSocket;
    close(): void;
    onmessage: (connection: unknown) => (frame: Uint8Array) => void;
  }
  interface AxonSubscriber {
    sock: AxonSocket;
    on(event: string, listener: (...args: unknown[]) => void): AxonSubscriber;
    connect(to: string | { path: string }): AxonSocket;
    close(): void;
  }
  /** the daemon's side, for tests */
  interface AxonServer {
    bind(path: string): AxonServer;
    on(event: "bind", listener: () => void): AxonServer;
    close(): void;
  }
  function socket(type: "req"): AxonSocket;
  function socket(type: "rep"): AxonServer;
  function socket(type: "sub-emitter"): AxonSubscriber;
  const axon: { socket: typeof socket };

  export type { AxonServer, AxonSocket, AxonSubscriber };
  export default axon;
}

declare module "pm2-axon-rpc" {
  import type { AxonServer, AxonSocket } from "pm2-axon";

  class Client {
    constructor(socket: AxonSocket);
    call(method: string, argument: unknown, done: (error: Error | null, answer: unknown) => void): void;
  }
  class Server {
    constructor(socket: AxonServer);
    expose(
      method: string,
      run: (argument: unknown, done: (error: Error | null, answer: unknown) => void) => void,
    ): void;
  }
  const rpc: { Client: typeof Client; Server: typeof Server };
  export default rpc;
}
