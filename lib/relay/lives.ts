/** How long a code can be scanned, and what is known of its rotation. Times in milliseconds. */
import type { Kind } from "./kind.ts";

export interface Life {
  /** of the first code that a service shows, and of each that follows it */
  first: number;
  next: number;
  /** another one comes by itself when this one is over */
  rotates: boolean;
}

const MINUTE = 60_000;

export const LIVES: Record<Kind, Life> = {
  // WhatsApp Web and Baileys (`qrTimeout`, 60 s unless set) give the first reference a minute, each following one 20 s
  whatsapp: { first: MINUTE, next: 20_000, rotates: true },
  // core.telegram.org/api/qr-login: a token expires after about 30 s, then `auth.exportLoginToken` is called again
  telegram: { first: 30_000, next: 30_000, rotates: true },
  // the provisioning socket behind `sgnl://linkdevice` is closed after about a minute; signal-cli prints one and waits for
  // that long, Signal Desktop draws a new one every 45 s
  signal: { first: MINUTE, next: MINUTE, rotates: false },
  // secrets and addresses say nothing of their life: long enough for a person to come, short enough not to stand for ever
  otpauth: { first: 10 * MINUTE, next: 10 * MINUTE, rotates: false },
  url: { first: 10 * MINUTE, next: 10 * MINUTE, rotates: false },
  text: { first: 10 * MINUTE, next: 10 * MINUTE, rotates: false },
};

/** a code's age may be over by so much before it is called stale: its successor is on its way through the log */
export const GRACE = 1000;
/** so long after going stale without another one, nobody is asked any more */
export const PATIENCE = 2 * MINUTE;
/** what is over is shown for so long */
export const SHOWN = 10 * MINUTE;
