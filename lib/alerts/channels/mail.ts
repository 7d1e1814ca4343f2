/** Mail over SMTP: plain text, one thread for what belongs to one alert. */
import { createHash } from "node:crypto";
import { messageOf } from "#lib/platform/errors.ts";
import { dial } from "./dial.ts";
import { DeliveryError } from "./error.ts";
import { type Mailbox, readMailbox } from "./mailbox.ts";
import type { Sender } from "./sender.ts";
import { cleaned, cut, gathered, oneLine, plainText } from "./wording.ts";

const TEXT = 20_000;
/** milliseconds for each step; the whole has the deadline of its signal */
const PATIENCE = 20_000;

export const sendMail: Sender<"mail"> = async ({ config, secrets, messages, key, signal }) => {
  // not before there is a mail to send
  const { createTransport } = await import("nodemailer");
  const { host, port, security, user } = config;
  const transport = createTransport({
    ...{ host, port, secure: security === "tls", requireTLS: security === "starttls", ignoreTLS: security === "none" },
    ...(user === null ? {} : { auth: { user, pass: secrets.password ?? "" } }),
    ...{ connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE },
    ...{ disableFileAccess: true, disableUrlAccess: true },
    getSocket(_, done) {
      dial({ host, port, reach: config, signal }).then((connection) => done(null, { connection }), done);
    },
  });
  const message = gathered(messages);
  const from = mailbox(config.from);
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);
  const thread = message.incident === null ? null : `<alert.${digest(message.incident)}@${domain}>`;
  try {
    const { response, rejected } = await transport.sendMail({
      from,
      to: config.to.map(mailbox),
      subject: cut(oneLine(`${message.title} · ${message.host}`), 180),
      text: cut(cleaned(plainText(message)), TEXT),
      date: new Date(message.at),
      messageId: `<${key}@${domain}>`,
      ...(thread === null ? {} : { references: thread, inReplyTo: thread }),
      ...(message.severity === "critical" && message.kind !== "recovered" ? { priority: "high" as const } : {}),
      headers: { "Auto-Submitted": "auto-generated" },
      signal,
    });
    const refused = rejected.join(", ");
    return `${host}: ${oneLine(response)}${refused === "" ? "" : `. Refused: ${refused}`}`;
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(error, host);
  } finally {
    transport.close();
  }
};

/** SMTP says by its number whether it is worth trying again: 4 yes, 5 no. */
function failureOf(error: unknown, host: string): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const { responseCode, response, code } = error as { responseCode?: number; response?: string; code?: string };
  if (code === "EAUTH")
    return new DeliveryError(`${host} does not take user and password: ${oneLine(response ?? messageOf(error))}`, {
      permanent: responseCode === undefined || responseCode >= 500,
      cause: error,
    });
  const words = cut(oneLine(response ?? messageOf(error)), 300);
  return new DeliveryError(`${host}: ${words}`, {
    permanent: (responseCode ?? 0) >= 500 || code === "ETLS",
    cause: error,
  });
}

function mailbox(text: string): Mailbox {
  const read = readMailbox(text);
  if (!read) throw new DeliveryError(`${oneLine(text)} is no mail address`, { permanent: true });
  return read;
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 24);
