import { post, said } from "./post.ts";
import type { Sender } from "./sender.ts";
import type { Message } from "./shapes.ts";
import { cut, footing, gathered, oneLine, piecesOf, unlinked } from "./wording.ts";

// https://docs.slack.dev/reference/block-kit/blocks/header-block: 150; a text of a block: 3000
const TITLE = 150;
const TEXT = 2500;

/**
 * Rich text, whose parts are words and not markup. What understands Slack's webhooks and no blocks shows `text`, which is
 * escaped as https://docs.slack.dev/messaging/formatting-message-text says.
 */
export const sendSlack: Sender<"slack"> = async ({ config, secrets, messages, signal }) => {
  const message = gathered(messages);
  const title = cut(oneLine(message.title), TITLE);
  const body = JSON.stringify({
    text: `${escaped(title)}\n${escaped(cut(message.text.trim(), TEXT))}\n<${linkable(message.url)}|Open in Trihelm>`,
    blocks: [
      { type: "header", text: { type: "plain_text", text: title, emoji: false } },
      { type: "rich_text", elements: [{ type: "rich_text_section", elements: elementsOf(message) }] },
      { type: "context", elements: [{ type: "plain_text", text: cut(footing(message), 300), emoji: false }] },
    ],
    unfurl_links: false,
    unfurl_media: false,
  });
  const answer = await post({ url: secrets.url, body, reach: config, signal });
  return said(answer) || "Slack took it";
};

function elementsOf(message: Message): unknown[] {
  const pieces = piecesOf(cut(message.text.trim(), TEXT));
  return [
    ...pieces.map(({ text, code }) => ({ type: "text", text, ...(code ? { style: { code: true } } : {}) })),
    { type: "text", text: pieces.length > 0 ? "\n" : " " },
    { type: "link", url: message.url, text: "Open in Trihelm" },
  ];
}

function escaped(text: string): string {
  return piecesOf(text)
    .map(({ text: words, code }) => (code ? `\`${entities(words)}\`` : entities(unlinked(words))))
    .join("");
}

const entities = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** An address as a link of Slack's holds it: no sign that ends it early. */
function linkable(url: string): string {
  return url.replaceAll(/[<>|]/g, (sign) => encodeURIComponent(sign));
}
