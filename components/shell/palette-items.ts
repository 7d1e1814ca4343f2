/** What the command palette can do and where it can go, built from the live store when it opens. */
import type { LucideIcon } from "lucide-react";
import { Pause, Play, RotateCcw, RotateCw, ScrollText, Square, Unplug, Zap } from "lucide-react";
import { formatSince } from "#lib/format/duration.ts";
import type { Service } from "#lib/services/service.ts";
import { HELM_NAME } from "@/components/ui/helm-icon.tsx";
import { MARK_WORD, markOf } from "@/components/ui/state-mark.tsx";
import type { Action } from "./api-client.ts";
import { asksFirst, WORDS } from "./asking.ts";
import type { Command } from "./commands.tsx";
import type { Verb } from "./me.tsx";
import type { Candidate } from "./palette-search.ts";
import { innerPlaces, logsHref, PLACES, type Place, serviceHref } from "./places.ts";

export interface PaletteItem extends Candidate {
  id: string;
  group: "actions" | "places";
  /** a service's page, or a page */
  href: string | null;
  kind: Service["supervisor"] | null;
  icon: LucideIcon | null;
  asks: string | null;
  keyName: string | null;
  /** what Enter does; null: goes to `href` */
  task: { service: string; action: Action } | { run: () => void } | null;
}

const ACTION_ICON: Record<Action, LucideIcon> = {
  start: Play,
  stop: Square,
  restart: RotateCw,
  reload: RotateCcw,
  kill: Zap,
  pause: Pause,
  unpause: Unplug,
};

/** Without words only what is not fine is offered, and only its likely remedies; the rest waits to be named. */
const LIKELY: Partial<Record<Action, number>> = { restart: 0.3, start: 0.2, stop: 0.1 };
const UNLIKELY = -2;
const COMMAND = 0.9;
const LISTED = 0.5;
const NOT_FINE = 1;
/** From this weight on an item is offered before anything is typed. */
export const OFFERED = COMMAND;

/** Whether a word names an action, as far as it is typed: `rest` in `rest wa` says nothing of a place. */
export function isVerb(word: string): boolean {
  return word.length > 1 && Object.values(WORDS).some(({ verb }) => verb.toLowerCase().startsWith(word));
}

/** Everything the palette can offer to who may do this much; `now` in milliseconds. */
export function paletteItems(
  services: readonly Service[],
  commands: readonly Command[],
  { now, verbs }: { now: number; verbs: readonly Verb[] },
): PaletteItem[] {
  return [
    ...services.flatMap((service) => actionsOf(service, now)),
    ...commands.map(fromCommand),
    ...services.map((service) => place(service, now)),
    ...services.map(logsOf),
    ...PLACES.map((page) => pageItem(page, { icon: page.icon, weight: NOT_FINE + NOT_FINE + LISTED })),
    ...innerPlaces(verbs).map((page) =>
      pageItem(page, { icon: page.under.icon, hint: page.under.label, weight: LISTED }),
    ),
  ];
}

const BLANK = { href: null, kind: null, icon: null, asks: null, keyName: null, task: null };

function actionsOf(service: Service, now: number): PaletteItem[] {
  return service.actions.map((action) => ({
    ...BLANK,
    id: `${action} ${service.id}`,
    group: "actions",
    label: `${WORDS[action].verb} ${service.name}`,
    hint: about(service, now),
    weight: weightOf(service) + (LIKELY[action] ?? UNLIKELY),
    href: serviceHref(service.id),
    icon: ACTION_ICON[action],
    asks: asksFirst(service, action),
    task: { service: service.id, action },
  }));
}

function place(service: Service, now: number): PaletteItem {
  return {
    ...BLANK,
    id: `open ${service.id}`,
    group: "places",
    label: service.name,
    hint: about(service, now),
    weight: weightOf(service) + LISTED,
    href: serviceHref(service.id),
    kind: service.supervisor,
  };
}

function pageItem({ href, label }: Pick<Place, "href" | "label">, more: Partial<PaletteItem> & { weight: number }) {
  return { ...BLANK, id: `page ${href}`, group: "places" as const, label, href, ...more };
}

/** Below the service itself: offered when its log is asked for. */
function logsOf(service: Service): PaletteItem {
  return {
    ...BLANK,
    id: `logs ${service.id}`,
    group: "places",
    label: `Logs of ${service.name}`,
    hint: HELM_NAME[service.supervisor],
    weight: weightOf(service) + UNLIKELY,
    href: logsHref(service.id),
    icon: ScrollText,
  };
}

function fromCommand({ id, label, hint, icon, keyName, run }: Command): PaletteItem {
  return {
    ...BLANK,
    id: `do ${id}`,
    group: "actions",
    label,
    hint,
    icon,
    keyName: keyName ?? null,
    weight: COMMAND,
    task: { run },
  };
}

/** `Docker, up 9 d 2 h`, `systemd, failed 13 min`. */
function about(service: Service, now: number): string {
  const mark = markOf(service);
  const word = mark === "running" ? "up" : mark === "restarting" ? "restarting" : MARK_WORD[mark].toLowerCase();
  const age = service.since === null ? "" : ` ${formatSince(service.since, now)}`;
  return `${HELM_NAME[service.supervisor]}, ${word}${age}`;
}

function weightOf(service: Service): number {
  const fine = service.state === "running" || service.state === "stopped";
  return (service.listed || service.pinned ? LISTED : 0) + (fine && service.health !== "unhealthy" ? 0 : NOT_FINE);
}
