import { SEVERITIES } from "../shapes.ts";
import type { Message } from "./shapes.ts";
import { type ChannelRow, enqueue, listChannelRows, listSubscriptions } from "./store.ts";
import { wakeDeliveries } from "./wake.ts";

/**
 * Puts a message into the queues of the channels that take it. Null: at least one did, or has it already; else why nobody
 * is told, in a sentence. Quiet hours are no reason: what they hold is told when they end.
 */
export async function tell(
  message: Message,
  { channels }: { channels: string[] | null },
  now: Date = new Date(),
): Promise<string | null> {
  if (channels?.length === 0) return "Its rule tells nobody";
  const all = await listChannelRows();
  if (all.length === 0) return "There is no channel yet: make one under Alerts, Channels";
  const meant = all.filter(({ id, takesAll }) => (channels === null ? takesAll : channels.includes(id)));
  if (meant.length === 0)
    return channels === null ? "No channel takes what no rule sends elsewhere" : "The channels of this rule are gone";
  const open = meant.filter(({ enabled }) => enabled);
  if (open.length === 0) return `${named(meant)} turned off`;
  const rank = SEVERITIES.indexOf(message.severity);
  const taking = open.filter(({ severity }) => SEVERITIES.indexOf(severity) <= rank);
  if (taking.length === 0) return `No channel takes what is only ${message.severity}`;
  const heard = await withListeners(taking);
  if (heard.length === 0) return "No browser has asked for messages";
  for (const { id } of heard) await enqueue(id, message, now);
  wakeDeliveries();
  return null;
}

async function withListeners(channels: ChannelRow[]): Promise<ChannelRow[]> {
  if (!channels.some(({ kind }) => kind === "push") || (await listSubscriptions()).length > 0) return channels;
  return channels.filter(({ kind }) => kind !== "push");
}

function named([first, ...more]: ChannelRow[]): string {
  return more.length === 0 ? `The channel ${first!.name} is` : `All ${more.length + 1} channels for it are`;
}
