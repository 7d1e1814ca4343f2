"use client";

import { LogOut, Settings } from "lucide-react";
import { useRouter } from "next/navigation";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu.tsx";
import { ApiProblem, leaveFor, send } from "./api-client.ts";
import { useCommands } from "./commands.tsx";
import { type Me, type Role, useMe } from "./me.tsx";
import { settingsFor } from "./places.ts";
import { say } from "./toast.tsx";

export const ROLE_NAME: Record<Role, string> = { viewer: "Viewer", operator: "Operator", admin: "Admin" };

/** Who is signed in, the way to the settings, and out. */
export function AccountMenu() {
  const me = useMe();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Account: ${me.name}`}
          title={me.name}
          className="group inline-flex flex-none items-center justify-center rounded-full max-sm:size-11"
        >
          <span className="inline-flex size-[26px] items-center justify-center rounded-full border border-border-strong bg-accent text-11 font-semibold group-hover:border-foreground max-sm:size-7">
            {initialOf(me.name)}
          </span>
        </button>
      }
    >
      <div className="px-2 pt-1 pb-1.5">
        <p className="max-w-56 truncate font-semibold">{me.name}</p>
        <p className="text-12 text-muted-foreground">{standing(me)}</p>
      </div>
      <MenuSeparator />
      <AccountItems />
    </Menu>
  );
}

function AccountItems() {
  const me = useMe();
  const router = useRouter();
  return (
    <>
      <MenuItem icon={<Settings aria-hidden="true" />} onSelect={() => router.push("/settings")}>
        Settings
      </MenuItem>
      {canSignOut(me) ? (
        <MenuItem icon={<LogOut aria-hidden="true" />} onSelect={() => void signOut()}>
          Sign out
        </MenuItem>
      ) : null}
    </>
  );
}

/** The same by the command palette. */
export function AccountCommands() {
  const me = useMe();
  const router = useRouter();
  useCommands([
    ...settingsFor(me.verbs).map(({ href, label, icon }) => ({
      id: `settings ${href}`,
      label: `Settings: ${label}`,
      icon,
      run: () => router.push(href),
    })),
    ...(canSignOut(me) ? [{ id: "sign-out", label: "Sign out", icon: LogOut, run: () => void signOut() }] : []),
  ]);
  return null;
}

/** `Operator, 2 service patterns`. */
function standing({ role, services }: Me): string {
  if (services === null) return ROLE_NAME[role];
  return `${ROLE_NAME[role]}, ${services.length === 1 ? services[0] : `${services.length} service patterns`}`;
}

/** Where a proxy signs people in, signing out is the proxy's. */
function canSignOut({ kind }: Me): boolean {
  return kind === "session";
}

async function signOut(): Promise<void> {
  try {
    await send("/api/auth/sign-out", { method: "POST", body: {} });
    await leaveFor("/sign-in");
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    say({ tone: "fail", title: "You are still signed in", text: error.words, id: "sign-out" });
  }
}

function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "?";
}
