/** The API in a process of its own, and an account to ask it with. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { asStarted } from "../processes.ts";

export interface Api {
  /** without a slash at its end */
  url: string;
  pid: number;
  ask: (url: string, signal?: AbortSignal | null) => Promise<Response>;
  close: () => void;
}

/**
 * Over this machine's Docker, its systemd where it has one, and the PM2 home given. `relay`: it looks for codes.
 * `socketOnly`: it sees no file of the engine's, as in a container that has but the socket.
 */
export async function openApi(pm2Home: string, { relay = false, socketOnly = false } = {}): Promise<Api> {
  const node = [process.execPath, ...asStarted(), path.join(import.meta.dirname, "server.ts"), pm2Home];
  const [command, ...argv] = [...(socketOnly ? withoutFiles() : []), ...node, ...(relay ? ["relay"] : [])];
  const server: ChildProcess = spawn(command!, argv, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TRIHELM_LOG_LEVEL: "silent" },
  });
  const said = await new Promise<string>((resolve) => server.stdout?.once("data", (data) => resolve(String(data))));
  const { port, headers } = JSON.parse(said) as { port: number; headers: Record<string, string> };
  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    pid: server.pid!,
    ask: (url, signal = null) => fetch(url, { headers, signal }),
    close: () => void server.kill(),
  };
}

/** What runs a command where the engine's folder is empty. */
function withoutFiles(): string[] {
  const folder = execFileSync("docker", ["info", "--format", "{{.DockerRootDir}}"], { encoding: "utf8" }).trim();
  return ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs tmpfs "$0" && exec "$@"', folder];
}
