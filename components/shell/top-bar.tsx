"use client";

import { Ellipsis, Keyboard, Search, Settings } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { plural } from "#lib/format/plural.ts";
import { helmOf } from "@/components/ui/helm-icon.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu.tsx";
import { Count } from "@/components/ui/tag.tsx";
import { waitsForScan } from "../services/row-model.ts";
import { AccountMenu } from "./account-menu.tsx";
import { usePalette } from "./commands.tsx";
import { KeyCaps } from "./key-caps.tsx";
import { useConnection, useHost, useKey, useSupervisors, useWaitingAlerts } from "./live.ts";
import { type Arc, Mark } from "./mark.tsx";
import { isCurrent, PLACES, type Place } from "./places.ts";
import { ThemeChoice, ThemeMenu } from "./theme-menu.tsx";

/** Name, host, pages, search. On a phone the pages are in the bar at the bottom. */
export function TopBar() {
  const { open } = usePalette();
  const host = useHost();
  const lost = useLostArcs();
  const pathname = usePathname();
  return (
    <header className="sticky top-0 z-20 flex h-12 flex-none items-center gap-2 border-b border-border bg-card px-5 max-sm:h-13 max-sm:pr-1 max-sm:pl-4">
      <Link
        href="/"
        aria-label="Trihelm, overview"
        className="inline-flex items-center gap-[9px] text-14 font-semibold tracking-[-.01em] max-sm:h-11"
      >
        <Mark size={22} lost={lost} className="max-sm:size-6" />
        <span className="max-md:hidden">Trihelm</span>
      </Link>
      {host ? (
        <span className="ml-2.5 max-w-56 truncate font-mono text-12 font-medium max-sm:ml-1 max-sm:text-14 sm:max-md:hidden">
          {host.name}
        </span>
      ) : null}
      <MainNav />
      <button
        type="button"
        onClick={open}
        className="ml-auto inline-flex h-[30px] w-[268px] items-center gap-2 rounded-control border border-input bg-background pr-1.5 pl-2.5 text-subtle-foreground max-xl:w-44 max-md:hidden"
      >
        <Search aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
        <span className="flex-1 truncate text-left">Search or run a command</span>
        <span>
          <KeyCaps name="Mod+k" />
        </span>
      </button>
      <IconButton label="Search or run a command" look="touch" className="ml-auto md:hidden" onClick={open}>
        <Search aria-hidden="true" />
      </IconButton>
      <span className="ml-1.5 inline-flex flex-none max-md:ml-0 max-sm:hidden">
        <ThemeMenu />
        <Link
          href="/settings"
          aria-label="Settings"
          title="Settings"
          aria-current={pathname.startsWith("/settings") ? "page" : undefined}
          className="inline-flex size-7 items-center justify-center rounded-control text-muted-foreground hover:bg-accent hover:text-foreground aria-[current]:bg-accent aria-[current]:text-foreground"
        >
          <Settings aria-hidden="true" className="icon" />
        </Link>
      </span>
      <AccountMenu />
    </header>
  );
}

function MainNav() {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Main"
      className="ml-3.5 flex min-w-0 self-stretch max-md:ml-1 max-md:overflow-x-auto max-md:overflow-y-hidden max-sm:hidden"
    >
      {PLACES.map((place) => (
        <Link
          key={place.href}
          href={place.href}
          aria-current={isCurrent(place, pathname) ? "page" : undefined}
          className="relative inline-flex flex-none items-center gap-[7px] px-[11px] font-medium max-xl:px-2 text-muted-foreground hover:text-foreground aria-[current]:text-foreground aria-[current]:after:absolute aria-[current]:after:inset-x-[11px] aria-[current]:after:-bottom-px aria-[current]:after:h-0.5 aria-[current]:after:bg-foreground"
        >
          {place.label}
          {place.waits ? <Waiting what={place.waits} /> : null}
        </Link>
      ))}
    </nav>
  );
}

/** The pages and what else there is, at the thumb. */
export function PhoneBar({ onShowKeys }: { onShowKeys: () => void }) {
  const router = useRouter();
  const pathname = usePathname();
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-20 flex h-16 justify-around border-t border-border bg-card pb-2 sm:hidden [&>*]:min-w-0 [&>*]:flex-1"
    >
      {PLACES.filter(({ rare }) => !rare).map(({ icon: Icon, ...place }) => (
        <Link
          key={place.href}
          href={place.href}
          aria-current={isCurrent({ ...place, icon: Icon }, pathname) ? "page" : undefined}
          className={`${PHONE_ITEM} aria-[current]:text-foreground aria-[current]:before:absolute aria-[current]:before:-top-px aria-[current]:before:inset-x-[22px] aria-[current]:before:h-0.5 aria-[current]:before:bg-foreground`}
        >
          <Icon aria-hidden="true" className="size-5 stroke-[1.75]" />
          {place.label}
          {place.waits ? (
            <span className="absolute top-1 left-1/2 ml-1">
              <Waiting what={place.waits} />
            </span>
          ) : null}
        </Link>
      ))}
      <Menu
        trigger={
          <button type="button" className={PHONE_ITEM}>
            <Ellipsis aria-hidden="true" className="size-5 stroke-[1.75]" />
            More
          </button>
        }
      >
        {PLACES.filter(({ rare }) => rare).map(({ href, label, icon: Icon }) => (
          <MenuItem key={href} icon={<Icon aria-hidden="true" />} onSelect={() => router.push(href)}>
            {label}
          </MenuItem>
        ))}
        <ThemeChoice />
        <MenuSeparator />
        <MenuItem icon={<Keyboard aria-hidden="true" />} onSelect={onShowKeys}>
          All keys
        </MenuItem>
      </Menu>
    </nav>
  );
}

const PHONE_ITEM =
  "relative flex flex-col items-center justify-center gap-[3px] text-11 leading-[14px] font-medium text-muted-foreground";

function Waiting({ what }: { what: NonNullable<Place["waits"]> }) {
  return what === "codes" ? <CodesWaiting /> : <AlertsWaiting />;
}

/** How many services show a code that somebody has to scan. */
function CodesWaiting() {
  const count = useKey("services", (store) => store.services().filter(waitsForScan).length);
  return <WaitingCount count={count} words={`${plural(count, "code")} waiting`} tone="human" />;
}

/** How many alerts nobody has taken on. */
function AlertsWaiting() {
  const count = useWaitingAlerts();
  return <WaitingCount count={count} words={`${plural(count, "alert")} open`} tone="fail" />;
}

function WaitingCount({ count, words, tone }: { count: number; words: string; tone: "human" | "fail" }) {
  if (count === 0) return null;
  return (
    <span title={words} className="contents">
      <Count tone={tone}>
        <span aria-hidden="true">{count}</span>
        <span className="sr-only">{words}</span>
      </Count>
    </span>
  );
}

/** Helms that cannot be reached now: all of them when the browser has lost the server. */
function useLostArcs(): Arc[] {
  const supervisors = useSupervisors();
  const { state } = useConnection();
  return (["systemd", "pm2", "docker"] as const).filter((arc) => {
    if (state === "lost") return true;
    const own = supervisors.filter(({ kind }) => helmOf(kind) === arc);
    return own.every((it) => !it.available) || own.some((it) => it.error !== null && it.error.code !== "absent");
  });
}
