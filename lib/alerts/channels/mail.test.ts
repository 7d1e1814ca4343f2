/** Mail to a real SMTP server in this process, with TLS from the start, after STARTTLS, and without. */
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { type Certificate, makeCertificate } from "./certificate-rig.ts";
import { channelOf, messageOf } from "./receiver-rig.ts";
import { send } from "./send.ts";
import type { Message } from "./shapes.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
let certificate: Certificate;
beforeAll(async () => {
  scratch = await openScratch();
  certificate = makeCertificate();
});
afterAll(() => scratch.close());

interface Mail {
  from: string;
  to: string[];
  user: string | undefined;
  isSecure: boolean;
  lines: string[];
}

async function mailServer(given: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    ...certificate,
    authOptional: true,
    onAuth({ username, password }, _session, done) {
      if (username === "me" && password === "a mail password") done(null, { user: username });
      else done(new Error("Invalid username or password"));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user === undefined ? undefined : String(session.user),
          isSecure: session.secure,
          lines: Buffer.concat(chunks).toString("utf8").split("\r\n"),
        });
        done(null);
      });
    },
    ...given,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { mails, port: (server.server.address() as AddressInfo).port };
}

const told = (port: number, config: Record<string, unknown>, { message = messageOf(), password = "" } = {}) =>
  send(
    channelOf("mail", {
      config: { host: "localhost", port, from: "Trihelm <alerts@example.com>", to: ["ops@example.com"], ...config },
      secrets: password === "" ? {} : { password },
    }),
    { messages: [message], key: "trihelm-key", signal: new AbortController().signal },
  );
const header = ({ lines }: Mail, name: string) => {
  const head = lines.slice(0, lines.indexOf("")).join("\n").replaceAll(/\n\s+/g, " ").split("\n");
  return head
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))
    .map((line) => line.slice(name.length + 2));
};
/** as a program for mail shows it */
const subjectOf = (mail: Mail) =>
  header(mail, "Subject")[0]!.replaceAll(/=\?UTF-8\?(.)\?(.*?)\?=\s*/gi, (_, kind: string, text: string) =>
    kind.toLowerCase() === "b"
      ? Buffer.from(text, "base64").toString()
      : decodeURIComponent(text.replaceAll("_", " ").replaceAll("=", "%")),
  );
const login = { user: "me" };

test("a certificate that nobody vouches for is refused, and no password told", async () => {
  const { mails, port } = await mailServer({ secure: true });
  await expect(told(port, { security: "tls", ...login }, { password: "a mail password" })).rejects.toMatchObject({
    message: expect.stringMatching(/self-signed/),
  });
  expect(mails).toEqual([]);
});

describe("with a certificate that this server knows", () => {
  beforeAll(() => tls.setDefaultCACertificates([...tls.getCACertificates("default"), certificate.cert]));

  test.each([
    ["tls", { secure: true }],
    ["starttls", {}],
  ])("%s: signed in, encrypted, and the server's words come back", async (security, options) => {
    const { mails, port } = await mailServer(options);
    expect(await told(port, { security, ...login }, { password: "a mail password" })).toMatch(/^localhost: 250 /);
    expect(mails).toEqual([expect.objectContaining({ user: "me", isSecure: true, from: "alerts@example.com" })]);
  });

  test("a server without STARTTLS gets nothing: what asked for TLS is not sent without", async () => {
    const { mails, port } = await mailServer({ disabledCommands: ["STARTTLS"] });
    await expect(told(port, { security: "starttls" })).rejects.toMatchObject({ permanent: true });
    expect(mails).toEqual([]);
  });

  test("a wrong password is for good, and is not repeated", async () => {
    const { port } = await mailServer({ secure: true });
    const wrong = told(port, { security: "tls", ...login }, { password: "not the password" });
    await expect(wrong).rejects.toMatchObject({
      ...{ permanent: true, message: expect.stringMatching(/^localhost does not take user and password: 535 /) },
    });
    await expect(wrong).rejects.not.toMatchObject({ message: expect.stringContaining("not the password") });
  });
});

describe("what is in it", () => {
  const plain = { security: "none" };

  test("names in any script, one thread for one alert, no answer from machines", async () => {
    const { mails, port } = await mailServer();
    await told(port, {
      ...plain,
      from: "Größe ✓ <alerts@example.com>",
      to: ["Ops <ops@example.com>", "two@example.com"],
    });
    const [mail] = mails as [Mail];
    expect(mail.to).toEqual(["ops@example.com", "two@example.com"]);
    expect(header(mail, "From")[0]).toMatch(/^=\?UTF-8\?.*\?= <alerts@example\.com>$/);
    expect(header(mail, "Message-ID")).toEqual(["<trihelm-key@example.com>"]);
    expect(header(mail, "References")[0]).toMatch(/^<alert\.[0-9a-f]+@example\.com>$/);
    expect(header(mail, "Auto-Submitted")).toEqual(["auto-generated"]);
    expect(header(mail, "Content-Type")[0]).toMatch(/^text\/plain/);
  });

  test("a line break in a title makes no header, and no recipient", async () => {
    const { mails, port } = await mailServer();
    const title = "wa\r\nBcc: eve@evil.example\r\n\r\nfailed\u2028Größe";
    await told(port, plain, { message: messageOf({ title, host: "web\r\nX-Evil: 1" }) });
    const [mail] = mails as [Mail];
    expect(mail.to).toEqual(["ops@example.com"]);
    expect([header(mail, "Bcc"), header(mail, "X-Evil")]).toEqual([[], []]);
    expect(subjectOf(mail)).toBe("wa Bcc: eve@evil.example failed Größe · web X-Evil: 1");
  });

  test.each([
    [451, false],
    [550, true],
  ] as const)("%i of a recipient: permanent %s", async (responseCode, permanent) => {
    const onRcptTo: SMTPServerOptions["onRcptTo"] = (_address, _session, done) =>
      done(Object.assign(new Error("mailbox says no"), { responseCode }));
    const { port } = await mailServer({ onRcptTo });
    const words = expect.stringMatching(new RegExp(`^localhost: ${responseCode} .*mailbox says no`));
    await expect(told(port, plain)).rejects.toMatchObject({ permanent, message: words });
  });

  test("one recipient of several that is refused is told, and the mail has left", async () => {
    const onRcptTo: SMTPServerOptions["onRcptTo"] = ({ address }, _session, done) =>
      address.startsWith("no") ? done(Object.assign(new Error("unknown"), { responseCode: 550 })) : done();
    const { mails, port } = await mailServer({ onRcptTo });
    expect(await told(port, { ...plain, to: ["ops@example.com", "no@example.com"] })).toMatch(
      /Refused: no@example\.com$/,
    );
    expect(mails).toHaveLength(1);
  });
});

test("a server of this machine is not spoken to unless that is allowed; a number is the address that it is", async () => {
  const { mails, port } = await mailServer();
  for (const host of ["localhost", "2130706433", "127.0.0.1"])
    await expect(told(port, { security: "none", host, local: false })).rejects.toMatchObject({ permanent: true });
  await expect(told(port, { security: "none", host: "0.0.0.0" })).rejects.toMatchObject({ permanent: true });
  expect(mails).toEqual([]);
});

const several: Message[] = [messageOf(), messageOf({ incident: "i-2", title: "db failed" })];
test("several messages are one mail", async () => {
  const { mails, port } = await mailServer();
  const config = { host: "localhost", port, security: "none", from: "a@example.com", to: ["b@example.com"] };
  const signal = new AbortController().signal;
  await send(channelOf("mail", { config }), { messages: several, key: "k", signal });
  expect(mails).toHaveLength(1);
  expect(subjectOf(mails[0]!)).toBe("2 alerts: 2 critical · web-1");
});
