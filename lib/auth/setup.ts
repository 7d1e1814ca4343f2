/**
 * The first run: whoever can read this server's log or data folder proves it with a code, and makes the first account. The
 * code lives half an hour, is made anew until it is used, and there is none once anybody has an account.
 */
import fs from "node:fs";
import path from "node:path";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { randomCode, randomToken, sameSecret } from "./secret.ts";
import { countPeople } from "./store.ts";

const LIVES = 30 * 60_000;

interface Setup {
  token: string;
  code: string;
  until: number;
}

const current = () => singleton<{ setup: Setup | null }>("auth.setup", () => ({ setup: null }));

/** Where the code is written, for the owner of this process alone. */
export function setupFile(): string {
  return path.join(/* turbopackIgnore: true */ env().dataDir, "setup-code");
}

/** Opens the first run where nobody has an account, tells the log and the file, and renews the code. `signal` ends that. */
export async function offerSetup(signal: AbortSignal): Promise<void> {
  if (!(await isOpen())) return close();
  renew();
  const timer = setInterval(async () => {
    try {
      if (await isOpen()) return renew();
    } catch (error) {
      return logger("setup").error({ err: error }, "the setup code could not be renewed");
    }
    clearInterval(timer);
    close();
  }, LIVES).unref();
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/** True while nobody has an account. */
export async function isOpen(): Promise<boolean> {
  return (await countPeople()) === 0;
}

/** True when this is the link's token or the code, in any case and with or without its dash. It stays valid. */
export function provesSetup(given: string): boolean {
  const { setup } = current();
  if (!setup || setup.until <= Date.now()) return false;
  const code = given.toUpperCase().replace(/[\s-]/g, "");
  // both are compared always: the time tells nothing of which was nearer
  const fits = [sameSecret(given.trim(), setup.token), sameSecret(code, setup.code)];
  return fits.includes(true);
}

/** Uses the code up. Throws AppError `forbidden`; give the result back by `undo` when the account could not be made. */
export function useSetup(given: string): { undo: () => void } {
  if (!provesSetup(given))
    throw new AppError(
      "forbidden",
      "This setup code is not valid any more. The server's log and the file setup-code in its data folder have the current one",
    );
  const used = current().setup;
  current().setup = null;
  return {
    undo: () => {
      // unless a new one was written meanwhile
      current().setup ??= used;
    },
  };
}

/** Removes the file once the first account is there. */
export function close(): void {
  current().setup = null;
  fs.rmSync(setupFile(), { force: true });
}

function renew(): void {
  const setup = { token: randomToken(), code: randomCode(), until: Date.now() + LIVES };
  current().setup = setup;
  const link = `${address()}/setup#token=${setup.token}`;
  const code = `${setup.code.slice(0, 4)}-${setup.code.slice(4)}`;
  const file = setupFile();
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, `${link}\n${code}\n`, { mode: 0o600, flag: "wx" });
  logger("setup").warn(`nobody has an account yet. Within 30 minutes open ${link} or enter the code ${code} there`);
}

function address(): string {
  const { baseUrl, host } = env();
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  // a port that was chosen freely is known only to the environment of the server that listens
  return baseUrl ?? `http://${shown}:${process.env.PORT ?? env().port}`;
}
