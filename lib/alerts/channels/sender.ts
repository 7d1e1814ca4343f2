import type { z } from "zod";
import type { CHANNEL_CONFIGS, ChannelKind, Message } from "./shapes.ts";

/** Several messages and what one channel of a kind is told them with. */
export interface Sending<K extends ChannelKind = ChannelKind> {
  config: z.infer<(typeof CHANNEL_CONFIGS)[K]["config"]>;
  secrets: z.infer<(typeof CHANNEL_CONFIGS)[K]["secrets"]>;
  /** at least one; several leave as one */
  messages: readonly Message[];
  /** the same for the same messages, however often they are tried: receivers can tell a repetition by it */
  key: string;
  signal: AbortSignal;
}

/** Resolves with what the other side said, in a few words. Throws DeliveryError. */
export type Sender<K extends ChannelKind> = (sending: Sending<K>) => Promise<string>;
