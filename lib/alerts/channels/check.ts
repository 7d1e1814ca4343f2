/** What no schema of one field sees: addresses of mail, names of headers, secrets that would cross a network readable. */
import { checkCron } from "#lib/backups/plans/cron.ts";
import { AppError } from "#lib/platform/errors.ts";
import { isAppriseUrl } from "./apprise.ts";
import { readMailbox } from "./mailbox.ts";
import type { ChannelRow } from "./store.ts";

const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
// set by the request itself
const OURS = /^(host|connection|content-length|content-type|transfer-encoding|upgrade|expect|te|trailer|trihelm-.*)$/i;
const HEADERS = 20;

/** Throws AppError `validation` naming the field. */
export function checkChannel(
  { kind, config, quiet }: Pick<ChannelRow, "kind" | "config" | "quiet">,
  secrets: Record<string, unknown>,
): void {
  if (quiet) checkQuiet(quiet);
  for (const name of ["server", "proxy"]) checkBare(`config.${name}`, config[name]);
  if (kind === "mail") checkMail(config, secrets);
  for (const [name, value] of Object.entries(secrets))
    if (typeof value === "string" && /\p{Cc}/u.test(value))
      throw invalid(`secrets.${name}`, "holds a line break or another control sign");
  if ((kind === "ntfy" || kind === "gotify") && /[^!-~]/.test(String(secrets.token ?? "")))
    throw invalid("secrets.token", "is one word of plain letters, digits and signs");
  if (kind === "webhook") checkHeaders(secrets.headers ?? {});
  if (kind === "alertmanager" && secrets.password !== undefined && config.user === null)
    throw invalid("config.user", "is needed with a password");
  if (kind === "apprise" && !isAppriseUrl(String(secrets.url)))
    throw invalid("secrets.url", "is one address as Apprise has them: scheme://…, without spaces");
}

export function invalid(path: string, message: string): AppError {
  return new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}

function checkQuiet({ from, to, timezone }: NonNullable<ChannelRow["quiet"]>): void {
  try {
    checkCron("0 0 * * *", timezone);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw invalid("quiet.timezone", `there is no time zone ${timezone}: they are named as in Europe/Berlin`);
  }
  if (from === to) throw invalid("quiet.to", "is another time than from. To tell nothing at all, turn the channel off");
}

/** An address that everybody sees who may configure. */
function checkBare(path: string, value: unknown): void {
  if (typeof value !== "string" || !URL.canParse(value)) return;
  const { username, password, search, hash } = new URL(value);
  if (username !== "" || password !== "")
    throw invalid(path, "holds a user or password, which would be shown: enter them under secrets");
  if (search !== "" || hash !== "") throw invalid(path, "is an address without ? and #");
}

function checkMail(config: Record<string, unknown>, secrets: Record<string, unknown>): void {
  if (!readMailbox(String(config.from)))
    throw invalid("config.from", "is one mail address, as in Alerts <alerts@example.com>");
  const to = config.to as string[];
  const wrong = to.findIndex((text) => !readMailbox(text));
  if (wrong !== -1) throw invalid(`config.to.${wrong}`, "is one mail address");
  if (/[^\w.:[\]-]/.test(String(config.host))) throw invalid("config.host", "is a name or an address");
  if (config.user === null && secrets.password !== undefined) throw invalid("config.user", "is needed with a password");
  if (config.user !== null && secrets.password === undefined)
    throw invalid("secrets.password", "is needed with a user");
  if (config.security === "none" && secrets.password !== undefined && config.local !== true)
    throw invalid("config.security", "without TLS the password would cross the network readable: use tls or starttls");
}

function checkHeaders(headers: object): void {
  const entries = Object.entries(headers);
  if (entries.length > HEADERS) throw invalid("secrets.headers", `has at most ${HEADERS} of them`);
  for (const [name, value] of entries) {
    if (!HEADER.test(name)) throw invalid("secrets.headers", `${JSON.stringify(name)} is no name of a header`);
    if (OURS.test(name)) throw invalid("secrets.headers", `${name} is set by the request itself`);
    if (/[^\t\u0020-\u007e\u00a0-\u00ff]/.test(String(value)))
      throw invalid("secrets.headers", `${name} holds a sign that no header can: a line break, or one beyond Latin`);
  }
}
