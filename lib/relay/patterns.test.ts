import { expect, test } from "vitest";
import type { Kind } from "./kind.ts";
import { saysLinked, setPattern } from "./patterns.ts";

const ID = "local/docker/wa";

/** as their programs print them, by the sources named in patterns.ts */
const LINKED: [Kind, string][] = [
  ["whatsapp", '{"level":30,"msg":"pairing configured successfully, expect to restart the connection..."}'],
  ["whatsapp", '{"level":30,"time":1763730000000,"class":"baileys","msg":"opened connection to WA"}'],
  ["whatsapp", "connection update { connection: 'open', receivedPendingNotifications: false }"],
  ["whatsapp", '{"connection":"open"}'],
  ["whatsapp", '{"level":30,"msg":"[WA] WhatsApp Client Connected"}'],
  ["whatsapp", "Client is ready!"],
  ["whatsapp", "AUTHENTICATED"],
  ["whatsapp", "12:01:02.003 [Client INFO] Successfully paired 49170:12@s.whatsapp.net"],
  ["whatsapp", "Login event: success"],
  ["telegram", "Signed in successfully as Alice; remember to not break the ToS or you will risk an account ban!"],
  ["telegram", "You should now be connected."],
  ["signal", "Associated with: +4917012345678"],
  ["signal", "INFO  LinkCommand - Associated with: +15550100"],
  ["otpauth", "two-factor authentication enabled for alice"],
  ["url", "You are logged in as alice"],
];

/** printed before anybody has scanned, or about other things */
const NOT_LINKED: [Kind, string][] = [
  ["whatsapp", '{"level":30,"browser":["Mac OS","Chrome","14.4.1"],"msg":"connected to WA"}'],
  ["whatsapp", '{"level":30,"msg":"[WA] Action Required: Scan QR Code"}'],
  ["whatsapp", '{"level":30,"msg":"not logged in, attempting registration..."}'],
  ["whatsapp", "connection update { connection: 'connecting' }"],
  ["whatsapp", "connection update { connection: 'close' }"],
  ["whatsapp", '{"level":50,"msg":"connection errored","connection":"opening"}'],
  ["whatsapp", "dragonfly connected"],
  ["whatsapp", "WhatsApp disconnected"],
  ["whatsapp", "user not authenticated"],
  ["whatsapp", '{"level":"info","msg":"login code ready, scan with WhatsApp, Linked devices"}'],
  ["telegram", "Not logged in, scan this code"],
  ["telegram", "tg://login?token=AQIDBAUGBwg"],
  ["signal", "sgnl://linkdevice?uuid=abc&pub_key=def"],
  ["signal", "Error: Link request timed out, please try again."],
  ["text", "connection closed"],
  ["whatsapp", "No device linked, scan this"],
  ["whatsapp", '{"device linked": false}'],
  ["whatsapp", "device linked: false"],
  ["whatsapp", "WhatsApp ready to scan"],
  ["whatsapp", "whatsapp connected: false"],
  ["whatsapp", "WhatsApp is not connected"],
  ["whatsapp", "waiting until WhatsApp is connected"],
  ["telegram", "You are not logged in as anybody"],
  ["url", "open this address to sign in: https://example.org/device"],
];

test.each(LINKED)("%s is linked: %s", (kind, line) => {
  expect([saysLinked(line, kind, ID), saysLinked(line, null, ID)]).toEqual([true, true]);
});

test.each(NOT_LINKED)("%s is not: %s", (kind, line) => {
  expect([saysLinked(line, kind, ID), saysLinked(line, null, ID)]).toEqual([false, false]);
});

test("who signs in to a program ends no code that it shows for something else", () => {
  for (const kind of ["otpauth", "url", "text"] as const)
    expect(saysLinked("Login successful for user 12", kind, ID), kind).toBe(false);
});

test.each([".", " ", "\\d", "port|verbunden", "level", "scan"])(
  "an own expression that ordinary lines fit is refused: %s",
  async (pattern) => {
    await expect(setPattern(ID, pattern, "admin/own")).rejects.toThrow("it fits lines that say nothing of a login");
  },
);

test("a line without end is looked at no further than a person would", () => {
  const hostile = `${"authenticated ".repeat(20_000)}${"connection: ".repeat(20_000)}`;
  expect(saysLinked(hostile, null, ID)).toBe(false);
});
