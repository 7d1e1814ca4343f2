/** The pages that exist. A new page is one more line here: top bar, phone bar and command palette follow. */
import {
  Activity,
  Database,
  Fingerprint,
  History,
  Info,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  MonitorSmartphone,
  QrCode,
  ScrollText,
  Server,
  SunMoon,
  Users,
} from "lucide-react";
import type { Verb } from "./me.tsx";

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** also current for addresses that begin with one of these */
  covers: readonly string[];
  /** how many of what waits there is shown beside it */
  waits?: "codes" | "alerts";
  /** on a phone there is no room for it at the thumb: it is under More */
  rare?: true;
}

export const PLACES: readonly Place[] = [
  { href: "/", label: "Overview", icon: LayoutDashboard, covers: ["/services"] },
  { href: "/logs", label: "Logs", icon: ScrollText, covers: [] },
  { href: "/volumes", label: "Volumes", icon: Database, covers: ["/volumes", "/backups"] },
  { href: "/relay", label: "QR relay", icon: QrCode, covers: ["/relay"], waits: "codes" },
  {
    href: "/activity",
    label: "Activity",
    icon: Activity,
    covers: ["/activity", "/alerts", "/checks"],
    waits: "alerts",
  },
  { href: "/host", label: "Host", icon: Server, covers: ["/host"], rare: true },
];

/** A page beside others under one of those above. */
export interface SubPlace {
  href: string;
  label: string;
  /** who may not do this has no use for the page */
  needs?: Verb;
  waits?: "alerts";
}

export const BACKUP_PLACES: readonly SubPlace[] = [
  { href: "/volumes", label: "Volumes" },
  { href: "/backups", label: "Backups" },
  { href: "/backups/plans", label: "Plans" },
  { href: "/backups/coverage", label: "Coverage" },
  { href: "/backups/destinations", label: "Destinations", needs: "backup" },
  { href: "/backups/jobs", label: "Jobs" },
];
export const ACTIVITY_PLACES: readonly SubPlace[] = [
  { href: "/activity", label: "Activity" },
  { href: "/alerts", label: "Alerts", waits: "alerts" },
  { href: "/checks", label: "Checks" },
  { href: "/alerts/rules", label: "Rules" },
  { href: "/alerts/channels", label: "Channels" },
];
export const HOST_PLACES: readonly SubPlace[] = [
  { href: "/host", label: "Figures" },
  { href: "/host/ports", label: "Ports" },
  { href: "/host/reboot", label: "Reboot" },
];

/** Those that no bar shows, each with the page it is under. */
export function innerPlaces(verbs: readonly Verb[]): (SubPlace & { under: Place })[] {
  return [...BACKUP_PLACES, ...ACTIVITY_PLACES, ...HOST_PLACES].flatMap((one) => {
    const under = PLACES.find((place) => isCurrent(place, one.href));
    const isShown = PLACES.some(({ href }) => href === one.href);
    return under && !isShown && (!one.needs || verbs.includes(one.needs)) ? [{ ...one, under }] : [];
  });
}

export interface SettingsPlace {
  href: string;
  label: string;
  icon: LucideIcon;
  about: "you" | "server";
  /** who may not do this has no use for the page */
  needs: Verb | null;
}

const SETTINGS: readonly SettingsPlace[] = [
  { href: "/settings/sign-in", label: "Sign-in methods", icon: Fingerprint, about: "you", needs: null },
  { href: "/settings/sessions", label: "Sessions", icon: MonitorSmartphone, about: "you", needs: null },
  { href: "/settings/tokens", label: "Tokens", icon: KeyRound, about: "you", needs: null },
  { href: "/settings/appearance", label: "Appearance", icon: SunMoon, about: "you", needs: null },
  { href: "/settings/people", label: "People", icon: Users, about: "server", needs: "manage" },
  { href: "/settings/audit", label: "Audit trail", icon: History, about: "server", needs: "manage" },
  { href: "/settings/about", label: "About", icon: Info, about: "server", needs: null },
];

/** The settings that are of use to somebody who may do this much. */
export function settingsFor(verbs: readonly Verb[]): SettingsPlace[] {
  return SETTINGS.filter(({ needs }) => needs === null || verbs.includes(needs));
}

export function isCurrent(place: Place, pathname: string): boolean {
  return pathname === place.href || place.covers.some((start) => `${pathname}/`.startsWith(`${start}/`));
}

/** in the address of the checks: a new one is to be made for this service */
export const NEW_CHECK_FOR = "for";

export function newCheckHref(service: string): string {
  return `/checks?${new URLSearchParams({ [NEW_CHECK_FOR]: service })}`;
}

/** One alert, its cause and what can be done about it. */
export function alertHref(id: string): string {
  return `/alerts/${encodeURIComponent(id)}`;
}

/** The page of a service; its id is already percent-encoded, segment by segment. */
export function serviceHref(id: string): string {
  return `/services/${id}`;
}

/** The log of a service among the merged logs, as far back as it goes; its id is already percent-encoded. */
export function logsHref(id: string): string {
  return `/logs?service=${encodeURIComponent(id).replaceAll("%2F", "/")}&range=all`;
}

const BEFORE = 10 * 60_000;
const AFTER = 2 * 60_000;

/** The log of a service around the moment of something. `at`: RFC 3339. */
export function logAtHref(id: string, at: string): string {
  const time = (shift: number) => new Date(Date.parse(at) + shift).toISOString();
  return `/logs?service=${encodeURIComponent(id).replaceAll("%2F", "/")}&since=${time(-BEFORE)}&until=${time(AFTER)}`;
}

/** A service's code on the relay. `at`: an earlier time that it asked; `show`: uncovered, for who has asked to see it. */
export function relayHref(id: string, { at, show }: { at?: string; show?: boolean } = {}): string {
  const query = new URLSearchParams({ service: id, ...(at ? { at } : {}), ...(show ? { show: "1" } : {}) });
  return `/relay?${query}`;
}
