/** One SFTP connection whose server is the one that was named, or none. */
import { createHash } from "node:crypto";
import ssh2, { type SFTPWrapper } from "ssh2";
import { sameSecret } from "#lib/auth/secret.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { PATIENCE } from "./remote.ts";

export interface SftpConfig {
  host: string;
  port: number;
  user: string;
  folder: string;
  hostKey: string;
}

export interface SftpSecrets {
  password?: string | undefined;
  privateKey?: string | undefined;
}

export interface SftpSession {
  sftp: SFTPWrapper;
  /** rejects when the connection is lost; a wait for an answer races it */
  lost: Promise<never>;
  end(): void;
}

/** Throws AppError: `action_failed` in the server's words, `timeout`, `conflict` where its key is another. */
export function connectSftp(config: SftpConfig, secrets: SftpSecrets): Promise<SftpSession> {
  const name = `sftp://${config.host}`;
  const client = new ssh2.Client();
  let refusal: AppError | null = null;
  let lose: (error: Error) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  // nobody may be waiting when it breaks
  lost.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      const why = refusal ?? told(error, name);
      lose(why);
      reject(why);
      client.end();
    };
    client.on("error", fail);
    client.on("close", () => fail(new Error("the connection was closed")));
    client.on("ready", () => {
      // small questions and their answers: waiting to fill a packet costs each of them 40 ms and more
      client.setNoDelay(true);
      client.sftp((error, sftp) => {
        if (error) return fail(error);
        resolve({ sftp, lost, end: () => client.end() });
      });
    });
    try {
      client.connect({
        host: config.host,
        port: config.port,
        username: config.user,
        ...(secrets.password === undefined ? {} : { password: secrets.password }),
        ...(secrets.privateKey === undefined ? {} : { privateKey: secrets.privateKey }),
        readyTimeout: PATIENCE * 1000,
        keepaliveInterval: 10_000,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          const shown = fingerprint(key);
          if (sameSecret(shown, config.hostKey.trim().replace(/=+$/, ""))) return true;
          refusal = new AppError(
            "conflict",
            `${name} shows the key ${shown}, which is not the one that was named. Nothing was sent. If the server was set up anew, compare it there (ssh-keygen -lf) and name it here`,
          );
          return false;
        },
      });
    } catch (error) {
      fail(error instanceof Error ? error : new Error(messageOf(error)));
    }
  });
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** True for a private key that can be used as it is: one with a passphrase cannot. */
export function isUsableKey(text: string): boolean {
  const parsed = ssh2.utils.parseKey(text);
  return !(parsed instanceof Error);
}

function told(error: Error & { level?: string }, name: string): AppError {
  if (error.level === "client-timeout" || /timed out/i.test(error.message))
    return new AppError("timeout", `${name}: connection timed out after ${PATIENCE} s`, { cause: error });
  if (error.level === "client-authentication")
    return new AppError("action_failed", `${name}: the server did not accept the user's password or key`, {
      cause: error,
    });
  return new AppError("action_failed", `${name}: ${error.message}`, { cause: error });
}
