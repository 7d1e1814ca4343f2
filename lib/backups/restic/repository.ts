/** restic's one repository on this server: `{dataDir}/restic`, opened by the password in `{dataDir}/restic-password`. */
import fs from "node:fs/promises";
import path from "node:path";
import { randomToken } from "#lib/auth/secret.ts";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { run } from "#lib/platform/exec.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { wordsOfError } from "./parse.ts";

/** seconds for what only looks at the repository */
const LOOK = 120;

const folder = () => path.join(/* turbopackIgnore: true */ env().dataDir, "restic");
const passwordFile = () => path.join(/* turbopackIgnore: true */ env().dataDir, "restic-password");

/** In front of every command. The cache would only be a second copy of what lies on the same disk. */
export function repositoryArgs(): string[] {
  return ["--repo", folder(), "--password-file", passwordFile(), "--no-cache"];
}

/** Makes repository and password at first use. Throws AppError `conflict` where restic is missing or the password was lost. */
export async function openRepository(): Promise<void> {
  const state = singleton("restic-repository", () => ({ opening: null as Promise<void> | null }));
  // of two at once one makes it
  state.opening ??= make().finally(() => {
    state.opening = null;
  });
  await state.opening;
}

/** True where there is one already: nobody who does not use restic gets one. */
export async function hasRepository(): Promise<boolean> {
  return isFile(path.join(folder(), "config"));
}

/** Runs a command to its end; its output. Throws AppError `action_failed` in restic's words. */
export async function restic(
  argv: readonly string[],
  { timeout = LOOK, signal }: { timeout?: number; signal?: AbortSignal } = {},
): Promise<string> {
  const done = await run("restic", [...repositoryArgs(), ...argv], { timeout, ...(signal ? { signal } : {}) });
  if (done.exitCode !== 0) throw new AppError("action_failed", `restic: ${wordsOfError(done.stderr)}`);
  return done.stdout;
}

async function make(): Promise<void> {
  const isThere = await hasRepository();
  const isOpen = await hasPassword();
  if (isThere && isOpen) return;
  if (isThere)
    throw new AppError("conflict", `The password of restic's repository is missing: put ${passwordFile()} back`);
  if (!isOpen) await writePassword();
  await restic(["init"]);
}

/** An empty file is that of a start that was cut off, and opens nothing. */
async function hasPassword(): Promise<boolean> {
  return (await isFile(passwordFile())) && (await fs.readFile(passwordFile(), "utf8")).trim() !== "";
}

/** Whole on the disk before it has its name and anything is encrypted with it. */
async function writePassword(): Promise<void> {
  const part = `${passwordFile()}.part`;
  await fs.rm(part, { force: true });
  const file = await fs.open(part, "wx", 0o600);
  try {
    await file.writeFile(`${randomToken()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.rename(part, passwordFile());
  const around = await fs.open(path.dirname(passwordFile()), "r");
  await around.sync().finally(() => around.close());
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await fs.stat(file)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
