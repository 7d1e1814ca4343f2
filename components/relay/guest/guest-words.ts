/** What the guest's page says of each kind of code, and of a link that is over. */
import type { Kind } from "#lib/relay/kind.ts";

export interface GuestWords {
  kinds: Record<Kind, KindWords>;
  /** by how it ended: title, what is known, and the word before `2 min ago` */
  over: Record<"expired" | "revoked" | "linked" | "used" | "unknown", readonly [string, string, string]>;
}

/** `@` is the service; `*` stands around what is written on the phone's screen */
interface KindWords {
  head: string;
  lead: string;
  steps: readonly string[];
  /** what scanning does */
  means: string;
  done: string;
  /** how to take it back; "": there is no way */
  undo: string;
}

export const GUEST_WORDS: GuestWords = {
  kinds: {
    whatsapp: {
      head: "Link WhatsApp to @",
      lead: "Scan with the phone that should stay linked.",
      steps: [
        "Open *WhatsApp* on that phone.",
        "Tap *Settings*, then *Linked devices*, then *Link a device*.",
        "Point it at this screen.",
      ],
      means: "Scanning lets @ read and send messages as you, until you log it out.",
      done: "WhatsApp is linked",
      undo: "Not you? On the phone, open Linked devices and log this one out.",
    },
    telegram: {
      head: "Link Telegram to @",
      lead: "Scan with the phone that should stay linked.",
      steps: [
        "Open *Telegram* on that phone.",
        "Tap *Settings*, then *Devices*, then *Link desktop device*.",
        "Point it at this screen.",
      ],
      means: "Scanning lets @ read and send messages as you, until you end its session.",
      done: "Telegram is linked",
      undo: "Not you? On the phone, open Settings, Devices and end this session.",
    },
    signal: {
      head: "Link Signal to @",
      lead: "Scan with the phone that should stay linked.",
      steps: [
        "Open *Signal* on that phone.",
        "Tap *Settings*, then *Linked devices*, then *Link a new device*.",
        "Point it at this screen.",
      ],
      means: "Scanning lets @ read and send messages as you, until you unlink it.",
      done: "Signal is linked",
      undo: "Not you? On the phone, open Linked devices and unlink this one.",
    },
    otpauth: {
      head: "Add @ to an authenticator",
      lead: "Scan with the phone that should show its sign-in codes.",
      steps: [
        "Open the *authenticator app* on that phone.",
        "Add an account, then choose *Scan a QR code*.",
        "Point it at this screen.",
      ],
      means: "Whoever scans it can make sign-in codes for @ from then on.",
      done: "The authenticator is set up",
      undo: "",
    },
    url: {
      head: "Open a link of @",
      lead: "Scan with the phone that should open it.",
      steps: ["Open the *camera* of that phone.", "Point it at this screen.", "Read the address before you open it."],
      means: "Scanning opens a page that @ chose.",
      done: "The link was opened",
      undo: "",
    },
    text: {
      head: "Scan a code of @",
      lead: "Scan with the app that asked for it.",
      steps: ["Open the *app* that asked for a code.", "Choose *Scan a QR code*.", "Point it at this screen."],
      means: "Trihelm does not know what this code is for. Whoever asked you to scan it does.",
      done: "The code was scanned",
      undo: "",
    },
  },
  over: {
    expired: ["This link has expired", "No code was scanned with this link.", "Expired"],
    revoked: ["This link was withdrawn", "Whoever sent it has ended it.", "Withdrawn"],
    linked: ["This link has been used", "A link works until one phone is linked.", "Used"],
    used: ["This link was opened too often", "It was made for a set number of openings.", ""],
    unknown: ["This link does not work", "It is over, or was not copied whole.", ""],
  },
};
