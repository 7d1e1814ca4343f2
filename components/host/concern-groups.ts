/** What will not come back after a reboot, put together by what will happen to it. Pure. */
import type { RebootConcern } from "#lib/services/reboot/shapes.ts";

type Kind = RebootConcern["kind"];

const GROUPS: readonly { title: string; kinds: readonly Kind[] }[] = [
  {
    title: "Will not come back",
    kinds: ["engine-disabled", "no-startup", "not-saved", "no-restart-policy", "disabled", "masked"],
  },
  { title: "Will not be as it is now", kinds: ["save-out-of-date", "startup-out-of-date", "stopped-by-hand"] },
  { title: "May wait for what does not come", kinds: ["circular-order", "waits-for-stopped"] },
];

export interface ConcernGroup {
  title: string;
  items: readonly RebootConcern[];
}

/** Groups that have something, what takes others down with it first. */
export function groupConcerns(items: readonly RebootConcern[]): ConcernGroup[] {
  return GROUPS.map(({ title, kinds }) => ({
    title,
    items: items
      .filter(({ kind }) => kinds.includes(kind))
      .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.title.localeCompare(b.title)),
  })).filter((group) => group.items.length > 0);
}
