/**
 * The daemon's `pub.sock`: tells when to ask. It carries every line that every app prints, so only the topic of a frame
 * is looked at and nothing is decoded. Needs axon's `sub-emitter`: a plain `sub` receives nothing.
 */
import axon from "pm2-axon";

/** A frame begins with a byte of head, four of length, then `s:` and the topic. */
const TOPIC_AT = 7;
const TOPICS = ["process:event", "pm2:kill"].map((topic) => Buffer.from(topic));

export interface Bus {
  /** Waits for an event, the end of the connection, or the time; events since the last call count at once. */
  wait(milliseconds: number, signal: AbortSignal): Promise<"event" | "closed" | "quiet">;
  close(): void;
}

/** Connects; null when that fails within a second. */
export async function openBus(socketPath: string): Promise<Bus | null> {
  const subscriber = axon.socket("sub-emitter");
  const { sock } = subscriber;
  let pending = false;
  let ended = false;
  let wake: (() => void) | null = null;
  const end = () => {
    ended = true;
    wake?.();
  };
  sock.onmessage = () => (frame) => {
    if (!isProcessEvent(frame)) return;
    pending = true;
    wake?.();
  };
  sock.set("retry timeout", 0);
  sock.on("close", end);
  sock.on("error", end);
  const connected = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), 1000);
    const settle = (value: boolean) => () => {
      clearTimeout(timer);
      resolve(value);
    };
    sock.on("connect", settle(true));
    sock.on("close", settle(false));
    subscriber.connect({ path: socketPath });
  });
  if (!connected) {
    subscriber.close();
    return null;
  }
  return {
    async wait(milliseconds, signal) {
      if (!pending && !ended && !signal.aborted)
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer);
            signal.removeEventListener("abort", done);
            wake = null;
            resolve();
          };
          const timer = setTimeout(done, milliseconds);
          signal.addEventListener("abort", done, { once: true });
          wake = done;
        });
      if (ended) return "closed";
      if (!pending) return "quiet";
      pending = false;
      return "event";
    },
    close: () => subscriber.close(),
  };
}

/** True for frames that tell of a process or of the daemon's own end. */
export function isProcessEvent(frame: Uint8Array): boolean {
  return TOPICS.some((topic) => topic.equals(frame.subarray(TOPIC_AT, TOPIC_AT + topic.length)));
}
