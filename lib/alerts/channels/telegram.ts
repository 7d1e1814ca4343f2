import { DeliveryError } from "./error.ts";
import { post, said } from "./post.ts";
import type { Sender } from "./sender.ts";
import type { Message } from "./shapes.ts";
import { cut, footing, gathered, oneLine, piecesOf, unlinked } from "./wording.ts";

// https://core.telegram.org/bots/api#sendmessage: 4096 with title, footing and link
const TEXT = 3200;

interface Entity {
  type: "bold" | "code" | "text_link";
  /** in UTF-16 units, as strings count here too */
  offset: number;
  length: number;
  url?: string;
}

/** Words and what they are apart from each other, without markup that somebody could write into a name. */
export const sendTelegram: Sender<"telegram"> = async ({ config, secrets, messages, signal }) => {
  const { chat, proxy, server } = config;
  const message = gathered(messages);
  const isSilent = message.severity === "info" || message.kind === "recovered" || message.kind === "acknowledged";
  const body = JSON.stringify({
    chat_id: chat,
    ...worded(message),
    link_preview_options: { is_disabled: true },
    ...(isSilent ? { disable_notification: true } : {}),
  });
  const url = `${server.replace(/\/+$/, "")}/bot${secrets.token}/sendMessage`;
  const via = proxy === null ? null : { url: proxy, auth: secrets.proxyAuth ?? null };
  const answer = await post({ url, body, reach: config, signal, via });
  const { ok } = JSON.parse(answer.text.startsWith("{") ? answer.text : "{}") as { ok?: unknown };
  if (ok === true) return `Telegram took it for ${chat}`;
  throw new DeliveryError(`It did not answer as the Bot API does: ${said(answer)}`, { permanent: true });
};

function worded(message: Message): { text: string; entities: Entity[] } {
  const entities: Entity[] = [];
  let text = "";
  const add = (words: string, entity?: Pick<Entity, "type" | "url">) => {
    if (entity && words.trim() !== "") entities.push({ ...entity, offset: text.length, length: words.length });
    text += words;
  };
  add(unlinked(cut(oneLine(message.title), 200)), { type: "bold" });
  add("\n");
  for (const piece of piecesOf(cut(message.text.trim(), TEXT)))
    if (piece.code) add(piece.text, { type: "code" });
    else add(unlinked(piece.text));
  add(`\n\n${unlinked(cut(footing(message), 200))}\n`);
  add("Open in Trihelm", { type: "text_link", url: message.url });
  return { text, entities };
}
