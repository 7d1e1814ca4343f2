/** A real SFTP server on loopback for tests: OpenSSH's own behind the library's SSH. */
import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import ssh2, { type ServerChannel } from "ssh2";
import { fingerprint } from "./sftp-session.ts";

export const SFTP_SERVER = "/usr/lib/openssh/sftp-server";

export interface SftpStand {
  port: number;
  hostKey: string;
  user: string;
  password: string;
  /** taken in place of the password */
  privateKey: string;
  /** cuts every connection now */
  cut(): void;
  /** how many connections have been made */
  connections: number;
  close(): Promise<void>;
}

export async function startSftp(): Promise<SftpStand> {
  const host = ssh2.utils.generateKeyPairSync("ed25519");
  const own = ssh2.utils.generateKeyPairSync("ed25519");
  const allowed = publicOf(own.public);
  const open = new Set<{ end(): void }>();
  const stand: SftpStand = {
    port: 0,
    hostKey: fingerprint(publicOf(host.public)),
    user: "backup",
    password: "correct horse battery",
    privateKey: own.private,
    cut: () => {
      for (const one of open) one.end();
    },
    connections: 0,
    close: async () => undefined,
  };
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    stand.connections += 1;
    open.add(client);
    // there, and not in its types
    (client as unknown as { setNoDelay(isSet: boolean): void }).setNoDelay(true);
    client.on("close", () => open.delete(client));
    client.on("error", () => open.delete(client));
    client.on("authentication", (asked) => {
      const isPassword = asked.method === "password" && asked.password === stand.password;
      const isKey = asked.method === "publickey" && asked.key.data.equals(allowed);
      if (asked.username === stand.user && (isPassword || isKey)) asked.accept();
      else asked.reject(["password", "publickey"]);
    });
    client.on("session", (accept) =>
      accept().on("subsystem", (take, refuse, { name }) => (name === "sftp" ? serve(take()) : refuse())),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  stand.port = (server.address() as AddressInfo).port;
  stand.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      stand.cut();
    });
  return stand;
}

function serve(channel: ServerChannel): void {
  const child = spawn(SFTP_SERVER, [], { stdio: ["pipe", "pipe", "ignore"] });
  channel.pipe(child.stdin);
  child.stdout.pipe(channel);
  child.stdin.on("error", () => channel.end());
  channel.on("close", () => child.kill());
  child.on("exit", () => channel.end());
}

function publicOf(text: string): Buffer {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return (Array.isArray(key) ? key[0]! : key).getPublicSSH();
}
