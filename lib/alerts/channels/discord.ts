import { post } from "./post.ts";
import type { Sender } from "./sender.ts";
import type { Message } from "./shapes.ts";
import { cut, footing, gathered, oneLine, piecesOf, unlinked } from "./wording.ts";

// https://docs.discord.com/developers/resources/message#embed-object-embed-limits: title 256, description 4096, footer 2048
const TITLE = 120;
const TEXT = 1500;
const COLOURS = { info: 0x4b8bf4, warning: 0xe0a030, critical: 0xd64545 } as const;
const OVER = 0x3fa45b;

/** Nobody is ever mentioned, whatever a name says. */
export const sendDiscord: Sender<"discord"> = async ({ config, secrets, messages, signal }) => {
  const message = gathered(messages);
  const url = new URL(secrets.url);
  // without it every answer is empty, also where the message was dropped
  url.searchParams.set("wait", "true");
  const body = JSON.stringify({
    username: "Trihelm",
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: marked(cut(oneLine(message.title), TITLE)),
        description: described(message),
        url: message.url,
        color: message.kind === "recovered" ? OVER : COLOURS[message.severity],
        timestamp: message.at,
        footer: { text: cut(footing(message), 300) },
      },
    ],
  });
  const answer = await post({ url: url.href, body, reach: config, signal });
  return answer.status === 204 ? "Discord took it" : "Discord shows it";
};

function described(message: Message): string {
  return piecesOf(cut(message.text.trim(), TEXT))
    .map(({ text, code }) => (code ? `\`${text.replaceAll("\n", " ")}\`` : marked(text)))
    .join("");
}

/** Signs that mean something in Markdown stand for themselves. */
function marked(text: string): string {
  return unlinked(text).replaceAll(/[\\`*_~|<>[\]()#+\-!]/g, "\\$&");
}
