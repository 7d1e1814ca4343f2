/** Each kind against a server that stands in for the real one, by its public documentation. */
import { createHmac } from "node:crypto";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { makeCertificate } from "./certificate-rig.ts";
import { channelOf, HOSTILE, messageOf, type Receiver, receiver } from "./receiver-rig.ts";
import { send } from "./send.ts";
import type { ChannelKind, Message } from "./shapes.ts";
import type { ChannelRow } from "./store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

const signal = new AbortController().signal;
const tell = (channel: ChannelRow, ...messages: Message[]) => send(channel, { messages, key: "trihelm-key", signal });
const TOKEN = "123456:AAF-a_secret_of_a_bot";

/** A channel of each kind that is one HTTP request to this receiver. */
function at({ url }: Receiver, kind: ChannelKind): ChannelRow {
  const server = { server: url };
  const given: Partial<Record<ChannelKind, Parameters<typeof channelOf>[1]>> = {
    webhook: { secrets: { url: `${url}/hook?a=b`, key: "a shared key", headers: { "x-team": "ops" } } },
    ntfy: { config: { ...server, topic: "alerts" }, secrets: { token: "tk_secret_token" } },
    gotify: { config: server, secrets: { token: "AppSecretToken" } },
    telegram: { config: { ...server, chat: "-100123" }, secrets: { token: TOKEN } },
    discord: { secrets: { url: `${url}/api/webhooks/1/discord-secret-part` } },
    slack: { secrets: { url: `${url}/services/T0/B0/slack-secret-part` } },
    alertmanager: { config: { ...server, user: "prom" }, secrets: { password: "am password" } },
  };
  return channelOf(kind, given[kind]!);
}

const HTTP_KINDS = ["webhook", "ntfy", "gotify", "telegram", "discord", "slack", "alertmanager"] as const;
const telegramOk = { body: '{"ok":true,"result":{"message_id":1}}' };

describe("what is sent", () => {
  test("webhook: the whole message, signed so that its receiver can check it", async () => {
    const rig = await receiver({ body: "thanks" });
    expect(await tell(at(rig, "webhook"), messageOf())).toBe("thanks");
    const [{ method, path, headers, body, json }] = rig.requests as [Receiver["requests"][0]];
    expect([method, path, headers["x-team"], headers.host]).toEqual([
      "POST",
      "/hook?a=b",
      "ops",
      `127.0.0.1:${rig.port}`,
    ]);
    expect(headers["content-type"]).toBe("application/json");
    expect(json).toEqual({ id: "trihelm-key", ...messageOf() });
    // as a receiver would do it
    const [, time, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["trihelm-signature"]))!;
    expect(Math.abs(Date.now() / 1000 - Number(time))).toBeLessThan(60);
    expect(digest).toBe(createHmac("sha256", "a shared key").update(`${time}.${body}`).digest("hex"));
    expect(digest).not.toBe(createHmac("sha256", "a shared key").update(`${time}.${body} `).digest("hex"));
  });

  test("webhook: several messages are one that holds them all; without a key nothing is signed", async () => {
    const rig = await receiver();
    const row = channelOf("webhook", { secrets: { url: `${rig.url.replace("//", "//me:a%20word@")}/` } });
    await tell(row, messageOf(), messageOf({ incident: "i-2", severity: "warning", title: "db failed" }));
    expect(rig.requests[0]?.headers).not.toHaveProperty("trihelm-signature");
    expect(rig.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:a word").toString("base64")}`);
    expect(rig.requests[0]?.json).toMatchObject({
      title: "2 alerts: 1 critical, 1 warning",
      severity: "critical",
      url: "https://trihelm.example.com/alerts",
      count: 2,
      messages: [{ title: "wa-worker failed" }, { title: "db failed" }],
    });
  });

  test("ntfy: JSON to the server's root, with topic, priority and a bearer", async () => {
    const rig = await receiver();
    await tell(at(rig, "ntfy"), messageOf({ title: "größer ✓" }));
    expect(rig.requests[0]).toMatchObject({
      ...{ method: "POST", path: "/", headers: { authorization: "Bearer tk_secret_token" } },
      json: {
        ...{ topic: "alerts", title: "größer ✓", priority: 5, tags: ["rotating_light"] },
        message: expect.stringContaining("critical · web-1 · local/docker/wa-worker"),
        click: "https://trihelm.example.com/alerts/i-1",
      },
    });
    await tell(at(rig, "ntfy"), messageOf({ text: "ü".repeat(50_000) }));
    expect(Buffer.byteLength(String(rig.requests[1]?.json.message))).toBeLessThan(4096);
  });

  test("gotify: /message with the application's key, as plain text", async () => {
    const rig = await receiver();
    await tell(at(rig, "gotify"), messageOf({ kind: "recovered" }));
    expect(rig.requests[0]).toMatchObject({
      ...{ method: "POST", path: "/message", headers: { "x-gotify-key": "AppSecretToken" } },
      json: {
        ...{ title: "wa-worker failed", priority: 2 },
        extras: {
          "client::display": { contentType: "text/plain" },
          "client::notification": { click: { url: "https://trihelm.example.com/alerts/i-1" } },
        },
      },
    });
  });

  test("telegram: words and their entities, without a preview", async () => {
    const rig = await receiver(telegramOk);
    await tell(at(rig, "telegram"), messageOf());
    const [{ path, json }] = rig.requests as [Receiver["requests"][0]];
    expect(path).toBe(`/bot${TOKEN}/sendMessage`);
    expect(json).toMatchObject({ chat_id: "-100123", link_preview_options: { is_disabled: true } });
    expect(json).not.toHaveProperty("parse_mode");
    const entities = json.entities as { type: string; offset: number; length: number; url?: string }[];
    const marked = entities.map(({ type, offset, length }) => [type, String(json.text).slice(offset, offset + length)]);
    expect(marked).toEqual([
      ["bold", "wa-worker failed"],
      ["code", "1"],
      ["code", "Error: no such file"],
      ["text_link", "Open in Trihelm"],
    ]);
    await tell(at(rig, "telegram"), messageOf({ text: "x".repeat(50_000) }));
    expect(String(rig.requests[1]?.json.text).length).toBeLessThanOrEqual(4096);
  });

  test("discord: an embed, and nobody is mentioned", async () => {
    const rig = await receiver({ body: '{"id":"1"}' });
    await tell(at(rig, "discord"), messageOf());
    expect(rig.requests[0]).toMatchObject({
      path: "/api/webhooks/1/discord-secret-part?wait=true",
      json: {
        allowed_mentions: { parse: [] },
        embeds: [
          {
            title: "wa\\-worker failed",
            description: "It ended with exit code `1`\\. The last line was `Error: no such file`\\.".replaceAll(
              "\\.",
              ".",
            ),
            url: "https://trihelm.example.com/alerts/i-1",
            timestamp: "2026-11-21T10:00:00.000Z",
          },
        ],
      },
    });
    await tell(at(rig, "discord"), messageOf({ title: "-".repeat(999), text: "*".repeat(50_000) }));
    const [embed] = rig.requests[1]!.json.embeds as [{ title: string; description: string }];
    expect(embed.title.length).toBeLessThanOrEqual(256);
    expect(embed.description.length).toBeLessThanOrEqual(4096);
  });

  test("slack: words in rich text, whose literal ones are code", async () => {
    const rig = await receiver({ body: "ok" });
    expect(await tell(at(rig, "slack"), messageOf())).toBe("ok");
    const { blocks } = rig.requests[0]!.json as { blocks: Record<string, unknown>[] };
    expect(blocks[0]).toEqual({ type: "header", text: { type: "plain_text", text: "wa-worker failed", emoji: false } });
    expect(JSON.stringify(blocks[1])).toContain('{"type":"text","text":"Error: no such file","style":{"code":true}}');
    await tell(at(rig, "slack"), messageOf({ title: "x".repeat(999), text: "&".repeat(50_000) }));
    expect(rig.requests[1]!.body.length).toBeLessThan(40_000);
  });

  test("alertmanager: an alert each, open until its end is told under the same labels", async () => {
    const rig = await receiver();
    const row = at(rig, "alertmanager");
    await tell(row, messageOf());
    const ended = { alertname: "state", rule: "r-1", duration: "5 min" };
    await tell(row, messageOf({ kind: "recovered", at: "2026-11-21T10:05:00.000Z", labels: ended }));
    const [opened, recovered] = rig.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>[]);
    expect(rig.requests[0]).toMatchObject({ method: "POST", path: "/api/v2/alerts" });
    expect(rig.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("prom:am password").toString("base64")}`);
    const labels = {
      ...{ alertname: "state", rule: "r-1", severity: "critical", instance: "web-1", incident: "i-1" },
      service_id: "local/docker/wa-worker",
    };
    expect(opened).toEqual([
      {
        labels,
        annotations: { summary: "wa-worker failed", description: messageOf().text },
        startsAt: "2026-11-21T10:00:00.000Z",
        endsAt: "2027-11-21T10:00:00.000Z",
        generatorURL: "https://trihelm.example.com/alerts/i-1",
      },
    ]);
    expect(recovered?.[0]).toMatchObject({ labels, endsAt: "2026-11-21T10:05:00.000Z" });
    expect(recovered?.[0]).not.toHaveProperty("startsAt");
    // it may have been less bad before
    expect(recovered?.slice(1).map((alert) => (alert.labels as typeof labels).severity)).toEqual(["info", "warning"]);
    expect(await tell(row, messageOf({ kind: "acknowledged" }))).toMatch(/not told/);
    expect(rig.requests).toHaveLength(2);
  });
});

describe("what hostile names can do", () => {
  // a word joiner stands where a program would have seen a link, a mention or a tag
  const isDefused = (text: string) =>
    !/@(everyone|here|channel)|https:\/\/evil|evil\.example|<!channel>|<@U123>/.test(text);

  test("telegram links, mentions and tags nothing that it was not told to", async () => {
    const rig = await receiver(telegramOk);
    await tell(at(rig, "telegram"), HOSTILE);
    const { text, entities } = rig.requests[0]!.json as {
      text: string;
      entities: { type: string; offset: number; length: number }[];
    };
    const code = entities.filter(({ type }) => type === "code");
    const outside = code.reduceRight(
      (left, { offset, length }) => left.slice(0, offset) + left.slice(offset + length),
      text,
    );
    expect(outside).not.toMatch(/@(everyone|here|U123)|https:\/\/|evil\.example/);
    expect(entities.filter(({ type }) => type === "text_link")).toHaveLength(1);
  });

  test("discord and slack show Markdown as it was written", async () => {
    const rig = await receiver({ body: "ok" });
    await tell(at(rig, "discord"), HOSTILE);
    await tell(at(rig, "slack"), HOSTILE);
    const [embed] = rig.requests[0]!.json.embeds as [{ title: string; description: string }];
    expect(isDefused(embed.title)).toBe(true);
    expect(isDefused(embed.description.replace(/`[^`]*`/, ""))).toBe(true);
    expect(embed.title).toContain("\\[win\\]\\(");
    const { text } = rig.requests[1]!.json as { text: string };
    expect(isDefused(text.replace(/`[^`]*`/, ""))).toBe(true);
    expect(text.match(/<[^>]*>/g)).toEqual(["<https://trihelm.example.com/alerts/i-1|Open in Trihelm>"]);
  });
});

describe("what comes back", () => {
  test.each(HTTP_KINDS)("%s: 429 is tried again, not before the other side says", async (kind) => {
    const rig = await receiver({ status: 429, headers: { "retry-after": "37" }, body: '{"message":"slow down"}' });
    await expect(tell(at(rig, kind), messageOf())).rejects.toMatchObject({
      ...{ permanent: false, retryAfter: 37, message: "It answered 429: slow down" },
    });
  });

  test("Telegram and Discord also say in the body how long", async () => {
    const rig = await receiver({
      status: 429,
      body: '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}',
    });
    await expect(tell(at(rig, "telegram"), messageOf())).rejects.toMatchObject({ retryAfter: 5, permanent: false });
    rig.reply = { status: 429, body: '{"message":"You are being rate limited.","retry_after":0.65,"global":false}' };
    await expect(tell(at(rig, "discord"), messageOf())).rejects.toMatchObject({ retryAfter: 0.65 });
  });

  test.each(HTTP_KINDS)("%s: a refusal is for good, a fault is not, and neither repeats a secret", async (kind) => {
    const rig = await receiver();
    const row = at(rig, kind);
    const echo = `no ${TOKEN} tk_secret_token AppSecretToken discord-secret-part slack-secret-part am password /hook?a=b`;
    rig.reply = { status: 403, body: echo };
    const refused = (await tell(row, messageOf()).catch((error: unknown) => error)) as Error;
    expect(refused).toMatchObject({ permanent: true });
    const secrets = { webhook: "/hook?a=b", ntfy: "tk_secret_token", gotify: "AppSecretToken", telegram: TOKEN };
    const more = { discord: "discord-secret-part", slack: "slack-secret-part", alertmanager: "am password" };
    expect(refused.message).not.toContain({ ...secrets, ...more }[kind]);
    expect(refused.message).toMatch(/^It answered 403: no /);
    rig.reply = { status: 503 };
    await expect(tell(row, messageOf())).rejects.toMatchObject({ permanent: false, message: "It answered 503" });
  });

  test.each(HTTP_KINDS)("%s: a redirect is not followed", async (kind) => {
    const there = await receiver();
    const rig = await receiver({ status: 307, headers: { location: `${there.url}/` } });
    await expect(tell(at(rig, kind), messageOf())).rejects.toMatchObject({ permanent: true });
    expect(there.requests).toEqual([]);
  });

  test.each(HTTP_KINDS)("%s: this machine is not spoken to unless that is allowed", async (kind) => {
    const rig = await receiver();
    const row = at(rig, kind);
    const closed = { ...row, config: { ...row.config, local: false } };
    await expect(tell(closed, messageOf())).rejects.toMatchObject({
      ...{ permanent: true, message: expect.stringMatching(/this machine itself/) },
    });
    expect(rig.requests).toEqual([]);
  });

  test("who takes a message and says nothing is given up at the deadline; a long answer is not read to its end", async () => {
    const rig = await receiver(null);
    const order = { messages: [messageOf()], key: "k", signal, deadline: 60 };
    await expect(send(at(rig, "ntfy"), order)).rejects.toMatchObject({
      ...{ permanent: false, message: "It did not answer within 0.06 s" },
    });
    rig.reply = { status: 500, body: "y".repeat(3_000_000) };
    await expect(tell(at(rig, "ntfy"), messageOf())).rejects.toMatchObject({
      message: expect.stringMatching(/^.{0,400}$/),
    });
  });

  test("what ends with the server is no failure of the channel", async () => {
    const rig = await receiver(null);
    const ending = new AbortController();
    const sent = send(at(rig, "ntfy"), { messages: [messageOf()], key: "k", signal: ending.signal });
    setTimeout(() => ending.abort(), 20);
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("Telegram through a proxy", () => {
  async function proxy(auth: string | null) {
    const asked: string[] = [];
    const server = http.createServer();
    server.on("connect", (request: http.IncomingMessage, client: net.Socket) => {
      asked.push(String(request.url));
      const given = request.headers["proxy-authorization"];
      if (auth !== null && given !== `Basic ${Buffer.from(auth).toString("base64")}`)
        return client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      const [host, port] = String(request.url).split(":");
      const upstream = net.connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [upstream, client]) socket.on("error", () => socket.destroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => void server.close());
    return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  test("TLS reaches through it to the API itself, whose certificate has to be good", async () => {
    const certificate = makeCertificate();
    const rig = await receiver(telegramOk, certificate);
    const { asked, url } = await proxy(null);
    const config = { chat: "1", server: `https://localhost:${rig.port}` };
    const direct = channelOf("telegram", { config, secrets: { token: TOKEN } });
    const through = channelOf("telegram", { config: { ...config, proxy: url }, secrets: { token: TOKEN } });
    const refused = {
      permanent: false,
      message: expect.stringMatching(/^The certificate of localhost is signed by itself/),
    };
    for (const row of [direct, through]) await expect(tell(row, messageOf())).rejects.toMatchObject(refused);
    expect(rig.requests).toEqual([]);
    tls.setDefaultCACertificates([...tls.getCACertificates("default"), certificate.cert]);
    for (const row of [direct, through]) expect(await tell(row, messageOf())).toBe("Telegram took it for 1");
    expect(rig.requests.map(({ headers }) => headers.host)).toEqual([`localhost:${rig.port}`, `localhost:${rig.port}`]);
    expect(asked).toEqual([`localhost:${rig.port}`, `localhost:${rig.port}`]);
    const byAddress = { ...direct, config: { ...direct.config, server: `https://127.0.0.1:${rig.port}` } };
    await expect(tell(byAddress, messageOf())).rejects.toThrow("The certificate of 127.0.0.1 is for another name");
  });

  test("goes there and nowhere else, with the proxy's own password", async () => {
    const rig = await receiver(telegramOk);
    const { asked, url } = await proxy("me:pass word");
    const through = (proxyAuth?: string) =>
      channelOf("telegram", {
        config: { chat: "1", server: rig.url, proxy: url },
        secrets: { token: TOKEN, ...(proxyAuth === undefined ? {} : { proxyAuth }) },
      });
    expect(await tell(through("me:pass word"), messageOf())).toBe("Telegram took it for 1");
    expect(asked).toEqual([`127.0.0.1:${rig.port}`]);
    expect(rig.requests).toHaveLength(1);
    await expect(tell(through(), messageOf())).rejects.toMatchObject({
      ...{ permanent: true, message: expect.stringMatching(/^The proxy 127\.0\.0\.1:\d+ answered 407$/) },
    });
  });
});
