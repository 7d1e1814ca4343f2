/** Local servers that stand in for the services that channels speak to, and channels and messages to try them with. */
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { seal } from "#lib/auth/seal.ts";
import type { Certificate } from "./certificate-rig.ts";
import { purposeOf } from "./send.ts";
import { CHANNEL_CONFIGS, type ChannelKind, type Message } from "./shapes.ts";
import type { ChannelRow } from "./store.ts";

export interface Received {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
  raw: Buffer;
  /** of a JSON body */
  json: Record<string, unknown>;
}

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface Receiver {
  url: string;
  port: number;
  requests: Received[];
  /** what it answers from now on; null: it takes the request and never answers */
  reply: Reply | null;
  close: () => Promise<void>;
}

/** On a free port of 127.0.0.1 until the test ends; with a certificate, over TLS. */
export async function receiver(reply: Reply | null = {}, certificate?: Certificate): Promise<Receiver> {
  const requests: Received[] = [];
  const answer: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks);
      const body = raw.toString("utf8");
      const isJson = request.headers["content-type"] === "application/json";
      const json = isJson ? (JSON.parse(body) as Record<string, unknown>) : {};
      requests.push({
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body,
        raw,
        json,
      });
      const now = rig.reply;
      if (now) response.writeHead(now.status ?? 200, now.headers).end(now.body ?? "");
    });
  };
  const server = certificate ? https.createServer(certificate, answer) : http.createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  const rig: Receiver = { url: `http://127.0.0.1:${port}`, port, requests, reply, close };
  onTestFinished(close);
  return rig;
}

/** A row as it would be kept; local addresses are allowed unless told otherwise. */
export function channelOf(
  kind: ChannelKind,
  { config = {}, secrets = {}, ...more }: Partial<Omit<ChannelRow, "secrets">> & { secrets?: Record<string, unknown> },
): ChannelRow {
  const id = more.id ?? `channel-${kind}`;
  const takesLocal = "local" in CHANNEL_CONFIGS[kind].config.shape;
  return {
    ...{ name: `the ${kind}`, kind, enabled: true, takesAll: true, severity: "info", quiet: null },
    ...{ createdAt: new Date(), lastOkAt: null, problem: null, failingAt: null },
    ...more,
    id,
    config: CHANNEL_CONFIGS[kind].config.parse({ ...(takesLocal ? { local: true } : {}), ...config }),
    secrets: seal(JSON.stringify(secrets), purposeOf(id)),
  };
}

export function messageOf(given: Partial<Message> = {}): Message {
  return {
    kind: "opened",
    severity: "critical",
    title: "wa-worker failed",
    text: "It ended with exit code `1`. The last line was `Error: no such file`.",
    host: "web-1",
    service: "local/docker/wa-worker",
    url: "https://trihelm.example.com/alerts/i-1",
    at: "2026-11-21T10:00:00.000Z",
    incident: "i-1",
    labels: { alertname: "state", rule: "r-1" },
    ...given,
  };
}

/** What names of services and lines of logs could hold to get at whoever reads a message. */
export const HOSTILE = messageOf({
  title: "@everyone <!channel> [win](https://evil.example/x) evil.example\r\nBcc: eve@evil.example failed",
  text: "Look at https://evil.example/a and <@U123> **now** @here.\nIt said `<script>alert(1)</script> @everyone`.",
  service: "local/docker/www.evil.example",
});
