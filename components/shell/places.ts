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

/** The logs of these services on one timeline. */
export function logsHref(...ids: string[]): string {
  return `/logs${ids.length === 0 ? "" : `?${ids.map((id) => `service=${encodeURIComponent(id).replaceAll("%2F", "/")}`).join("&")}`}`;
}
