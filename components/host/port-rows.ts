/** The ledger of ports as a list that can be narrowed. Pure. */
import type { Listening } from "#lib/services/ports/shapes.ts";

export const PORT_SHOWS = ["all", "network", "local", "exposed", "stray"] as const;
export type PortShow = (typeof PORT_SHOWS)[number];

const KEEPS: Record<PortShow, (item: Listening) => boolean> = {
  all: () => true,
  network: ({ reach }) => reach === "network",
  local: ({ reach }) => reach === "local",
  exposed: ({ exposed }) => exposed !== null,
  stray: ({ owner }) => owner.service === null,
};

/** Those that are asked for and hold every word, by port. */
export function portRows(items: readonly Listening[], show: PortShow, q: string): Listening[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return items
    .filter((item) => KEEPS[show](item) && words.every((word) => textOf(item).includes(word)))
    .sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol) || a.address.localeCompare(b.address));
}

export function countShow(items: readonly Listening[], show: PortShow): number {
  return items.filter(KEEPS[show]).length;
}

/** Whose it is: two of the same place are told apart by it. */
export function portKey({ protocol, address, port, owner }: Listening): string {
  return `${protocol} ${address} ${port} ${owner.name} ${owner.pid ?? ""}`;
}

/** `every address` where it is none of its own. */
export function addressWords(address: string): string {
  return ["0.0.0.0", "::", "*", ""].includes(address) ? "every address" : address;
}

function textOf({ port, protocol, address, owner, reach }: Listening): string {
  return [port, protocol, address, owner.name, owner.service, owner.pid, reach].join(" ").toLowerCase();
}
