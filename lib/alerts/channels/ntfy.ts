import { post } from "./post.ts";
import type { Sender } from "./sender.ts";
import type { Message } from "./shapes.ts";
import { cleaned, cut, cutBytes, footing, gathered, oneLine } from "./wording.ts";

// https://docs.ntfy.sh/publish/: from 4096 bytes on a message becomes a file
const BYTES = 3500;
const PRIORITY = { info: 3, warning: 4, critical: 5 } as const;

/** As JSON, whose title may hold any sign, which a header may not. https://docs.ntfy.sh/publish/#publish-as-json */
export const sendNtfy: Sender<"ntfy"> = async ({ config, secrets, messages, signal }) => {
  const message = gathered(messages);
  const body = JSON.stringify({
    topic: config.topic,
    title: cut(oneLine(message.title), 200),
    message: cutBytes(`${cleaned(message.text).trim()}\n\n${footing(message)}`.trim(), BYTES),
    priority: isQuiet(message) ? 3 : PRIORITY[message.severity],
    tags: [tagOf(message)],
    click: message.url,
  });
  const headers: Record<string, string> = secrets.token ? { authorization: `Bearer ${secrets.token}` } : {};
  await post({ url: `${config.server.replace(/\/+$/, "")}/`, headers, body, reach: config, signal });
  return `ntfy took it for ${config.topic}`;
};

const isQuiet = ({ kind }: Message) => kind === "recovered" || kind === "acknowledged" || kind === "test";

function tagOf(message: Message): string {
  if (message.kind === "recovered") return "white_check_mark";
  return { info: "information_source", warning: "warning", critical: "rotating_light" }[message.severity];
}
