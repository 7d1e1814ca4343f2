/** Server-Sent Events, taken apart as they arrive. By hand, because `EventSource` hides the heartbeat comments. */
interface StreamMessage {
  event: string;
  data: string;
  id: string | null;
}

export interface Parsed {
  messages: StreamMessage[];
  /** milliseconds the server asked us to wait before coming back */
  retry: number | null;
}

/** A parser that takes text in any pieces and gives the messages that are complete. */
export function createEventParser(): (chunk: string) => Parsed {
  let rest = "";
  let message = blank();
  return (chunk) => {
    const parsed: Parsed = { messages: [], retry: null };
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const line of lines) {
      if (line === "") {
        if (message.data.length > 0) parsed.messages.push({ ...message, data: message.data.join("\n") });
        message = blank();
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "data") message.data.push(value);
      else if (field === "event") message.event = value;
      else if (field === "id") message.id = value;
      else if (field === "retry" && /^\d+$/.test(value)) parsed.retry = Number(value);
    }
    return parsed;
  };
}

function blank(): { event: string; data: string[]; id: string | null } {
  return { event: "message", data: [], id: null };
}
