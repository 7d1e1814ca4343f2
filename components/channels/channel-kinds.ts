/** What each kind of channel is made of: what can be read later, and what goes in and never comes out. */
import type { ChannelKind } from "#lib/alerts/channels/shapes.ts";
import type { Field } from "@/components/forms/fields.ts";

interface KindWords {
  label: string;
  says: string;
  config: readonly Field[];
  secrets: readonly Field[];
  /** of what it is told to, the field that says where */
  where?: string;
}

const LOCAL: Field = {
  name: "local",
  label: "It may be on this machine or in its network",
  type: "flag",
  hint: "Else an address that is not public is refused. Link-local ones always are.",
};
const secretUrl = (hint: string): Field => ({
  name: "url",
  label: "Address",
  type: "secret",
  required: true,
  wide: true,
  hint,
});

export const CHANNELS: Record<ChannelKind, KindWords> = {
  mail: {
    label: "Mail",
    says: "By a mail server that takes mail from this one.",
    where: "to",
    config: [
      { name: "host", label: "Mail server", required: true, mono: true, placeholder: "mail.example.com" },
      { name: "port", label: "Port", type: "number", usual: "587", required: true, least: 1, most: 65_535 },
      {
        name: "security",
        label: "Encryption",
        type: "choice",
        usual: "starttls",
        options: [
          { value: "starttls", label: "STARTTLS" },
          { value: "tls", label: "TLS from the start" },
          { value: "none", label: "None" },
        ],
      },
      { name: "user", label: "User", nullable: true, mono: true },
      { name: "from", label: "From", required: true, wide: true, mono: true, placeholder: "trihelm@example.com" },
      { name: "to", label: "To", type: "lines", required: true, placeholder: "you@example.com", hint: "One a line." },
      LOCAL,
    ],
    secrets: [{ name: "password", label: "Password", type: "secret" }],
  },
  webhook: {
    label: "Webhook",
    says: "JSON by POST, signed where it has a key.",
    config: [LOCAL],
    secrets: [
      secretUrl("Called with every message."),
      {
        name: "key",
        label: "Key that signs",
        type: "secret",
        wide: true,
        hint: "8 signs or more. Sent as Trihelm-Signature: t=…,v1=….",
      },
      { name: "headers", label: "Headers", type: "pairs", placeholder: "Authorization: Bearer …", hint: "One a line." },
    ],
  },
  ntfy: {
    label: "ntfy",
    says: "To a topic, and whoever listens to it.",
    where: "topic",
    config: [
      { name: "server", label: "Server", usual: "https://ntfy.sh", required: true, mono: true },
      { name: "topic", label: "Topic", required: true, mono: true },
      LOCAL,
    ],
    secrets: [{ name: "token", label: "Token", type: "secret", hint: "Where the topic wants one." }],
  },
  gotify: {
    label: "Gotify",
    says: "To an application of a Gotify server.",
    where: "server",
    config: [{ name: "server", label: "Server", required: true, mono: true, placeholder: "https://" }, LOCAL],
    secrets: [{ name: "token", label: "Token of the application", type: "secret", required: true }],
  },
  telegram: {
    label: "Telegram",
    says: "By a bot, to a chat that it is in.",
    where: "chat",
    config: [
      { name: "chat", label: "Chat", required: true, mono: true, hint: "Its number, or @name of a channel." },
      { name: "proxy", label: "Proxy", nullable: true, mono: true, placeholder: "http://proxy:3128" },
      { name: "server", label: "Bot API", usual: "https://api.telegram.org", required: true, mono: true },
      LOCAL,
    ],
    secrets: [
      { name: "token", label: "Token of the bot", type: "secret", required: true, hint: "As @BotFather gave it." },
      { name: "proxyAuth", label: "Sign-in of the proxy", type: "secret", hint: "user:password, where it wants one." },
    ],
  },
  discord: {
    label: "Discord",
    says: "By a webhook of a Discord channel.",
    config: [LOCAL],
    secrets: [secretUrl("From the channel's settings, Integrations.")],
  },
  slack: {
    label: "Slack",
    says: "By an incoming webhook, of Slack or of what takes the same.",
    config: [LOCAL],
    secrets: [secretUrl("As Slack gave it.")],
  },
  push: {
    label: "Web push",
    says: "To browsers that have asked for it, also while no page is open.",
    config: [],
    secrets: [],
  },
  alertmanager: {
    label: "Alertmanager",
    says: "As alerts of Prometheus, which then decides who is told.",
    where: "server",
    config: [
      { name: "server", label: "Server", required: true, mono: true, placeholder: "https://alertmanager.example.com" },
      { name: "user", label: "User", nullable: true, mono: true },
      LOCAL,
    ],
    secrets: [{ name: "password", label: "Password", type: "secret" }],
  },
  apprise: {
    label: "Apprise",
    says: "Any address that Apprise knows, where its command is installed on this server.",
    config: [],
    secrets: [secretUrl("As in apprise's own list: matrixs://…, signal://…")],
  },
};

export const CHANNEL_KIND_OPTIONS = (Object.keys(CHANNELS) as ChannelKind[]).map((value) => ({
  value,
  label: CHANNELS[value].label,
}));

/** Where it tells to, as far as that is no secret: `you@example.com`, `wa-alerts`. */
export function placeOf(kind: ChannelKind, config: Readonly<Record<string, unknown>>): string {
  const value = config[CHANNELS[kind].where ?? ""];
  return Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : "";
}
