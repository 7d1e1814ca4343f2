"use client";

import { Ban, CircleCheck, Ellipsis, LogOut, Pencil, ShieldOff, Trash2 } from "lucide-react";
import { useState } from "react";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { ConfirmDialog, TypedConfirmDialog } from "@/components/ui/dialog.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu.tsx";
import type { User } from "./account-shapes.ts";

interface PersonMenuProps {
  user: User;
  onEdit: () => void;
  onChanged: () => void;
}

type Asked = "disable" | "sessions" | "factor" | "delete";

/** What can be done with an account beside editing it. */
export function PersonMenu({ user, onEdit, onChanged }: PersonMenuProps) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { name } = user;
  const path = `/users/${encodeURIComponent(user.id)}`;
  const run = async (failed: string, done: string, change: () => Promise<unknown>) => {
    setAsked(null);
    if (!(await attempt(failed, change))) return;
    say({ tone: "ok", title: done });
    onChanged();
  };
  const disable = (disabled: boolean) =>
    run(
      `${name} was not ${disabled ? "disabled" : "enabled"}`,
      `${name} ${disabled ? "is disabled" : "may sign in again"}`,
      () => call("PATCH", path, { disabled }),
    );
  const questions = {
    disable: {
      title: `Disable ${name}?`,
      text: "Their sessions, tokens and open pages end at once. You can enable the account again.",
      verb: "Disable",
      keep: "Leave enabled",
      onConfirm: () => void disable(true),
    },
    sessions: {
      title: `Sign ${name} out everywhere?`,
      text: "All their sessions end at once; their tokens stay. They can sign in again.",
      verb: "Sign out everywhere",
      keep: "Cancel",
      onConfirm: () =>
        void run(`${name} was not signed out`, `${name} is signed out everywhere`, () =>
          call("DELETE", `${path}/sessions`),
        ),
    },
    factor: {
      title: `Reset the second factor of ${name}?`,
      text: "For a lost phone: their password alone signs them in until they set one up again. Make sure that it is they who ask.",
      verb: "Reset second factor",
      keep: "Keep it",
      onConfirm: () =>
        void run(`The second factor of ${name} stays`, `${name} has no second factor now`, () =>
          call("DELETE", `${path}/two-factor`),
        ),
    },
  };
  const question = asked === null || asked === "delete" ? null : questions[asked];
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`More for ${name}`} className="max-sm:size-11">
            <Ellipsis aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil aria-hidden="true" />} onSelect={onEdit}>
          Edit…
        </MenuItem>
        <MenuItem icon={<LogOut aria-hidden="true" />} onSelect={() => setAsked("sessions")}>
          Sign out everywhere…
        </MenuItem>
        {user.twoFactor ? (
          <MenuItem icon={<ShieldOff aria-hidden="true" />} onSelect={() => setAsked("factor")}>
            Reset second factor…
          </MenuItem>
        ) : null}
        {user.disabled ? (
          <MenuItem icon={<CircleCheck aria-hidden="true" />} onSelect={() => void disable(false)}>
            Enable
          </MenuItem>
        ) : (
          <MenuItem icon={<Ban aria-hidden="true" />} onSelect={() => setAsked("disable")}>
            Disable…
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem icon={<Trash2 aria-hidden="true" />} danger onSelect={() => setAsked("delete")}>
          Delete…
        </MenuItem>
      </Menu>
      {question ? <ConfirmDialog open onClose={() => setAsked(null)} {...question} /> : null}
      <TypedConfirmDialog
        open={asked === "delete"}
        onClose={() => setAsked(null)}
        title={`Delete ${name}?`}
        text="Their sessions and tokens end, and this cannot be undone. What they did stays in the audit trail under this name."
        name={name}
        verb={`Delete ${name}`}
        onConfirm={() => void run(`${name} was not deleted`, `${name} is deleted`, () => call("DELETE", path))}
      />
    </>
  );
}
