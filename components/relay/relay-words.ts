/** What the relay's pages say of codes and links. */
import { formatDuration } from "#lib/format/duration.ts";
import type { Kind } from "#lib/relay/kind.ts";
import type { Code, Episode, Link } from "#lib/relay/shapes.ts";

/** What a code is for, as a line under its service: `WhatsApp login`. */
export const KIND_WORD: Record<Kind, string> = {
  whatsapp: "WhatsApp login",
  telegram: "Telegram login",
  signal: "Signal login",
  otpauth: "Authenticator secret",
  url: "Web address in a code",
  text: "Unknown text in a code",
};

/** The way to where a phone scans it, for who has both in front of them. */
export const KIND_WAY: Record<Kind, string> = {
  whatsapp: "On the phone: WhatsApp, Settings, Linked devices, Link a device.",
  telegram: "On the phone: Telegram, Settings, Devices, Link desktop device.",
  signal: "On the phone: Signal, Settings, Linked devices, Link a new device.",
  otpauth: "In the authenticator app: add an account, then scan a QR code.",
  url: "With the phone's camera. Read the address before you open it.",
  text: "With the app that asked for a code.",
};

/** `Not opened yet`, `Opened once`, `Opened 3 times`. */
export function openingWords({ opens, mostOpens }: Pick<Link, "opens" | "mostOpens">): string {
  const times = opens === 1 ? "Opened once" : `Opened ${opens} times`;
  if (mostOpens === null) return opens === 0 ? "Not opened yet" : times;
  return opens === 0 ? "Not opened yet" : `Opened ${opens} of ${mostOpens} ${mostOpens === 1 ? "time" : "times"}`;
}

/** How an earlier time ended, and what is known of it. */
export function outcomeWords({ outcome, tookSeconds }: Pick<Episode, "outcome" | "tookSeconds">): [string, string] {
  if (outcome === "linked")
    return ["Connected", tookSeconds === null ? "" : `${formatDuration(tookSeconds)} after opening`];
  if (outcome === "interrupted") return ["Not known", "Trihelm stopped meanwhile"];
  if (outcome === "gone") return ["Ended", "its service stopped"];
  return outcome === "expired" ? ["Expired", "nobody scanned"] : ["Waiting for scan", ""];
}

/** When the next one comes, or for how long this one is good; "": nothing is known of it. `now` in milliseconds. */
export function renewalWords({ renewsAt, rotates }: Pick<Code, "renewsAt" | "rotates">, now: number): string {
  if (renewsAt === null) return "";
  const left = secondsUntil(renewsAt, now);
  if (rotates) return left > 0 ? `New code in ${formatDuration(left)}` : "New code any moment";
  return left > 0 ? `Valid for ${formatDuration(left)}` : "Its time is over";
}

/** What a code that is too old to scan is followed by. */
export function nextWords({ rotates }: Pick<Code, "rotates">): string {
  return rotates
    ? "The next one appears here by itself."
    : "If its service prints another one, it appears here by itself.";
}

/** Seconds until a time, at least one while it is to come; `now` in milliseconds. */
function secondsUntil(time: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(time) - now) / 1000));
}
