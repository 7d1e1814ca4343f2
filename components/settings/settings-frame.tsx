"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { useMe } from "@/components/shell/me.tsx";
import { type SettingsPlace, settingsFor } from "@/components/shell/places.ts";

const HEADING = { you: "You", server: "This server" };

/** The settings: their list at the side, or above on a phone, and one of them. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const places = settingsFor(useMe().verbs);
  return (
    <div className="mx-auto grid w-full max-w-[1120px] flex-1 content-start gap-x-10 px-5 py-6 max-md:px-0 max-md:py-0 md:grid-cols-[180px_minmax(0,1fr)]">
      <nav
        aria-label="Settings"
        className="flex gap-x-1 max-md:overflow-x-auto max-md:border-b max-md:border-border max-md:px-3 md:sticky md:top-[72px] md:flex-col md:gap-y-5 md:self-start"
      >
        {(["you", "server"] as const).map((about) => (
          <div key={about} className="max-md:contents">
            <p className="mb-1 px-2.5 text-11 text-subtle-foreground max-md:sr-only">{HEADING[about]}</p>
            <ul className="flex gap-x-1 md:flex-col md:gap-y-0.5">
              {places
                .filter((place) => place.about === about)
                .map((place) => (
                  <li key={place.href} className="flex-none">
                    <PlaceLink place={place} />
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="grid min-w-0 content-start gap-6 max-md:px-5 max-md:py-5 max-sm:px-3">{children}</div>
    </div>
  );
}

function PlaceLink({ place: { href, label, icon: Icon } }: { place: SettingsPlace }) {
  const pathname = usePathname();
  const link = useRef<HTMLAnchorElement>(null);
  const current = pathname === href;
  useEffect(() => {
    // on a phone the list is a row that scrolls
    if (current) link.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  return (
    <Link
      ref={link}
      href={href}
      aria-current={current ? "page" : undefined}
      className="relative flex h-8 items-center gap-2 rounded-control px-2.5 font-medium whitespace-nowrap text-muted-foreground hover:text-foreground aria-[current]:text-foreground max-md:h-11 max-md:aria-[current]:after:absolute max-md:aria-[current]:after:inset-x-2.5 max-md:aria-[current]:after:bottom-0 max-md:aria-[current]:after:h-0.5 max-md:aria-[current]:after:bg-foreground md:hover:bg-muted md:aria-[current]:bg-accent"
    >
      <Icon aria-hidden="true" className="icon max-md:hidden" />
      {label}
    </Link>
  );
}
