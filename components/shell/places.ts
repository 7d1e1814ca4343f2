/** The pages that exist. A new page is one more line here: top bar, phone bar and command palette follow. */
import { LayoutDashboard, type LucideIcon, ScrollText } from "lucide-react";

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** also current for addresses that begin with one of these */
  covers: readonly string[];
}

export const PLACES: readonly Place[] = [
  { href: "/", label: "Overview", icon: LayoutDashboard, covers: ["/services"] },
  { href: "/logs", label: "Logs", icon: ScrollText, covers: [] },
];

export function isCurrent(place: Place, pathname: string): boolean {
  return pathname === place.href || place.covers.some((start) => pathname.startsWith(`${start}/`));
}

/** The page of a service; its id is already percent-encoded, segment by segment. */
export function serviceHref(id: string): string {
  return `/services/${id}`;
}

/** The log of a service among the merged logs, as far back as it goes; its id is already percent-encoded. */
export function logsHref(id: string): string {
  return `/logs?service=${encodeURIComponent(id).replaceAll("%2F", "/")}&range=all`;
}
