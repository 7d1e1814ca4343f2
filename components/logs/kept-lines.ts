/** The messages that are kept, and how lines that arrive at either end become messages. */
import type { LogLine } from "#lib/logs/line.ts";
import { LineRing } from "./line-ring.ts";
import { joined, type Message, messageFrom, voiceOf } from "./message.ts";

const KEPT_LINES = 200_000;
const KEPT_CHARACTERS = 96_000_000;
/** what goes on with a message comes soon: further back it is not looked for */
const REACH = 400;

export class KeptLines {
  readonly ring: LineRing<Message>;
  /** told the index of a message that has become longer */
  onGrow: ((index: number) => void) | null = null;
  /** index of the last message of each voice */
  readonly #voices = new Map<string, number>();
  #newest: string | null = null;

  constructor(bounds = { lines: KEPT_LINES, weight: KEPT_CHARACTERS }) {
    this.ring = new LineRing<Message>({ ...bounds, weigh: (line) => line.text.length + line.cursor.length + 64 });
  }

  /** Cursor of the newest line that is kept; null: there is none. */
  get newest(): string | null {
    if (this.ring.size === 0) return null;
    return this.#newest ?? this.ring.at(this.ring.end - 1)?.last ?? this.ring.at(this.ring.end - 1)?.cursor ?? null;
  }

  /** Adds newer lines; answers how many of the oldest messages went. */
  append(lines: readonly LogLine[]): number {
    let gone = 0;
    for (const line of lines) {
      if (!this.#join(line)) {
        gone += this.ring.append([messageFrom(line)]);
        if (!line.gap && !line.marker) this.#voices.set(voiceOf(line), this.ring.end - 1);
      }
      if (line.cursor !== "") this.#newest = line.cursor;
    }
    return gone;
  }

  /** Puts older lines before the first, in their order; answers how many of the newest messages went. */
  prepend(lines: readonly LogLine[]): number {
    const gone = this.ring.prepend(this.#messages(lines));
    if (gone > 0) {
      this.#newest = null;
      this.#voices.clear();
    }
    return gone;
  }

  clear(): void {
    this.ring.clear();
    this.#voices.clear();
    this.#newest = null;
  }

  #join(line: LogLine): boolean {
    const voice = voiceOf(line);
    const index = this.#voices.get(voice);
    const message = index === undefined || index < this.ring.end - REACH ? undefined : this.ring.at(index);
    // an index of lines that went is another voice's by now, or nobody's
    if (index === undefined || !message || voiceOf(message) !== voice) return false;
    const whole = joined(message, line);
    if (!whole) return false;
    this.ring.replace(index, whole);
    this.onGrow?.(index);
    return true;
  }

  /** Older lines as messages; the first that is kept goes on with the last of them where it is the rest of it. */
  #messages(lines: readonly LogLine[]): Message[] {
    const messages: Message[] = [];
    const voices = new Map<string, number>();
    for (const line of lines) {
      const index = voices.get(voiceOf(line));
      const whole = index === undefined ? null : joined(messages[index]!, line);
      if (whole) messages[index!] = whole;
      else {
        messages.push(messageFrom(line));
        if (!line.gap && !line.marker) voices.set(voiceOf(line), messages.length - 1);
      }
    }
    const first = this.ring.at(this.ring.first);
    const head = first ? voices.get(voiceOf(first)) : undefined;
    if (!first || head === undefined) return messages;
    const whole = joined(messages[head]!, first);
    if (whole) {
      messages[head] = { ...whole, last: first.last ?? first.cursor };
      this.ring.dropFirst();
    }
    return messages;
  }
}
