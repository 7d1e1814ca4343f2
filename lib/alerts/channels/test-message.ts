import os from "node:os";
import { timestamp } from "#lib/platform/clock.ts";
import { env } from "#lib/platform/env.ts";
import type { Message } from "./shapes.ts";

/** What the test button sends. */
export function testMessage(channel: string, by: string): Message {
  const { baseUrl, host, port } = env();
  return {
    kind: "test",
    severity: "info",
    title: "A test from Trihelm",
    text: `${by} tries the channel \`${channel.replaceAll("`", "'")}\`. Alerts will look like this one.`,
    host: os.hostname(),
    service: null,
    url: `${baseUrl ?? `http://${host}:${port}`}/alerts`,
    at: timestamp(),
    incident: null,
    labels: {},
  };
}
