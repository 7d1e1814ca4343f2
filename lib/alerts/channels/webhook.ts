/** A JSON body to an address of one's own, signed so that the receiver knows who sent it and when. */
import { createHmac } from "node:crypto";
import { post, said } from "./post.ts";
import type { Sender } from "./sender.ts";
import type { Message } from "./shapes.ts";
import { cut, gathered } from "./wording.ts";

const TITLE = 500;
const TEXT = 4000;
const MOST = 100;

/** One message as it is; several as one that counts them, with at most a hundred of them in `messages`. */
export const sendWebhook: Sender<"webhook"> = async ({ config, secrets, messages, key, signal }) => {
  const several = messages.length > 1 ? { count: messages.length, messages: messages.slice(0, MOST).map(bounded) } : {};
  const body = JSON.stringify({ id: key, ...bounded(gathered(messages)), ...several });
  const answer = await post({
    url: secrets.url,
    headers: {
      ...secrets.headers,
      "trihelm-delivery": key,
      ...(secrets.key === undefined ? {} : { "trihelm-signature": signature(body, secrets.key) }),
    },
    body,
    reach: config,
    signal,
  });
  return said(answer) || `It answered ${answer.status}`;
};

/** `t=…,v1=…`: seconds since 1970, and HMAC-SHA-256 over them, a dot and the body, in hexadecimal. */
function signature(body: string, key: string): string {
  const time = Math.floor(Date.now() / 1000);
  return `t=${time},v1=${createHmac("sha256", key).update(`${time}.${body}`).digest("hex")}`;
}

const bounded = (message: Message): Message => ({
  ...message,
  title: cut(message.title, TITLE),
  text: cut(message.text, TEXT),
});
