/** Whatever Apprise speaks to, where its command is installed. The address goes to it in a file that only this user reads. */
import fs from "node:fs/promises";
import path from "node:path";
import { env } from "#lib/platform/env.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { run } from "#lib/platform/exec.ts";
import { checkLiteral } from "./address.ts";
import { DeliveryError } from "./error.ts";
import type { Sender } from "./sender.ts";
import type { Message } from "./shapes.ts";
import { cut, gathered, oneLine, plainText } from "./wording.ts";

/** seconds */
const PATIENCE = 25;
const POSTS_ANYWHERE = /^(json|xml|form)s?$/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\/[^\s\p{Cc}]+$/iu;

/** what its log puts before its words */
const STAMP = /\d{4}-\d\d-\d\d [\d:,]+ - [A-Z]+ - /g;

/** True where the command can be started. */
export async function hasApprise(): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute);
  const found = folders.map((folder) =>
    fs.access(path.join(folder, "apprise"), fs.constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}

/** One address, as a line of Apprise's own configuration can hold it. */
export const isAppriseUrl = (text: string) => SCHEME.test(text);

export const sendApprise: Sender<"apprise"> = async ({ secrets, messages, signal }) => {
  if (!isAppriseUrl(secrets.url)) throw new DeliveryError("It is no Apprise URL", { permanent: true });
  if (!(await hasApprise()))
    throw new DeliveryError("The command apprise is not installed on this server", { permanent: true });
  checkHost(secrets.url);
  const message = gathered(messages);
  const folder = await fs.mkdtemp(path.join(env().dataDir, "apprise-"));
  try {
    const file = path.join(folder, "apprise.conf");
    await fs.writeFile(file, `${secrets.url}\n`, { mode: 0o600 });
    const title = `--title=${cut(oneLine(message.title), 200)}`;
    const type = `--notification-type=${typeOf(message)}`;
    // once verbose it says why something did not leave
    const args = [title, type, "-v", "--input-format=text", "--recursion-depth=0", `--config=${file}`];
    const input = cut(plainText(message), 4000);
    const { exitCode, stdout, stderr } = await run("apprise", args, { input, timeout: PATIENCE, signal });
    const words = cut(oneLine(`${stderr} ${stdout}`).replaceAll(STAMP, ""), 300);
    if (exitCode !== 0)
      throw new DeliveryError(`apprise ended with ${exitCode}${words ? `: ${words}` : ""}`, {
        permanent: exitCode === 2,
      });
    return words || "Apprise sent it";
  } catch (error) {
    if (error instanceof AppError) throw new DeliveryError(messageOf(error), { cause: error });
    throw error;
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
};

/**
 * Apprise connects by itself: what is written as an address is judged before, names are its own to look up. For most of its
 * services a bare number is an account; only where it posts to any address is it one.
 */
function checkHost(url: string): void {
  const [, scheme = "", host = ""] = /^([^:]+):\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?]+)/.exec(url) ?? [];
  if (!/[.[]/.test(host) && !POSTS_ANYWHERE.test(scheme)) return;
  checkLiteral(URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : host, { local: true });
}

function typeOf({ kind, severity }: Message): string {
  if (kind === "recovered") return "success";
  return { info: "info", warning: "warning", critical: "failure" }[severity];
}
