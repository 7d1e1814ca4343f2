import { post } from "./post.ts";
import type { Sender } from "./sender.ts";
import { cleaned, cut, footing, gathered, oneLine } from "./wording.ts";

const PRIORITY = { info: 2, warning: 5, critical: 8 } as const;

/** https://gotify.net/docs/pushmsg and https://gotify.net/docs/msgextras */
export const sendGotify: Sender<"gotify"> = async ({ config, secrets, messages, signal }) => {
  const message = gathered(messages);
  const isOver = message.kind === "recovered" || message.kind === "acknowledged";
  const body = JSON.stringify({
    title: cut(oneLine(message.title), 200),
    message: cut(`${cleaned(message.text).trim()}\n\n${footing(message)}`.trim(), 4000),
    priority: isOver ? 2 : PRIORITY[message.severity],
    extras: {
      "client::display": { contentType: "text/plain" },
      "client::notification": { click: { url: message.url } },
    },
  });
  const url = `${config.server.replace(/\/+$/, "")}/message`;
  await post({ url, headers: { "x-gotify-key": secrets.token }, body, reach: config, signal });
  return "Gotify took it";
};
