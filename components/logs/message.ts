/** A message as it is shown: one line, or several of one voice that belong together and fold to the first. */
import type { LogLine } from "#lib/logs/line.ts";

export interface Message extends LogLine {
  /** its lines draw something, a QR code mostly */
  picture?: true;
  /** cursor of the last line that was joined to it; none: its own */
  last?: string;
}

/** Beyond this a message ends and what goes on with it stands by itself. */
const LONGEST = 262_144;
const MOST_LINES = 2000;
/** fewer lines of blocks are a table's edge or a progress bar */
const LEAST_PICTURE = 10;
const ESC = "\u001b";

/** Who speaks: lines of others may stand between those of one message. */
export function voiceOf({ service, stream }: Pick<LogLine, "service" | "stream">): string {
  return `${stream === "stderr" ? "!" : ""}${service}`;
}

/** A line that begins a message. */
export function messageFrom(line: LogLine): Message {
  return isDrawn(line.text) ? { ...line, picture: true } : line;
}

/** The message with one more line, or null where the line is no part of it. */
export function joined(message: Message, line: LogLine): Message | null {
  if (line.gap || line.marker || message.gap || message.marker || message.text.length > LONGEST) return null;
  const drawn = isDrawn(line.text);
  // between the blocks of a code are lines of light alone
  const inPicture = message.picture === true && (drawn || /^ {10,}$/.test(line.text));
  if (!line.continues && !inPicture) return null;
  if (lineCount(message) >= MOST_LINES) return null;
  const whole: Message = { ...message, text: `${message.text}\n${line.text}`, last: line.cursor };
  if (!inPicture) delete whole.picture;
  return whole;
}

/** How many lines a message has. */
export function lineCount({ text }: Pick<Message, "text">): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Whether it is drawn and not said: what stands for it is one row until it is asked for. */
export function isPicture(message: Message): boolean {
  return message.picture === true && lineCount(message) >= LEAST_PICTURE;
}

/** Whether a message is lines of a stack that a program unwound. */
export function isStack({ text }: Pick<Message, "text">): boolean {
  return /\n\s+(?:at |File "|\.\.\. \d+ more)|\n(?:goroutine \d|Traceback|Caused by: )|\n\s*\d+: 0x/.test(text);
}

/** Blocks and nothing else, at least as wide as the smallest QR code. A line of words is known by its first letter. */
function isDrawn(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first !== 0x20 && first !== 0x1b && !(first >= 0x2580 && first <= 0x259f)) return false;
  if (text.length > 4000) return false;
  const colours = new RegExp(`${ESC}\\[[0-9;]*m`, "g");
  const plain = text.replace(colours, "");
  if (plain.length < 21 || !/^[ \u2580-\u259f\u00a0]+$/.test(plain)) return false;
  // spaces draw only on a ground of their own
  return (
    /[\u2580-\u259f]/.test(plain) ||
    (plain.length < text.length && new RegExp(`${ESC}\\[[0-9;]*(?:4[0-8]|7)`).test(text))
  );
}
