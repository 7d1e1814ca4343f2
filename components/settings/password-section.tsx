"use client";

import { useState } from "react";
import { PasswordField } from "@/components/auth/password-field.tsx";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { type ApiProblem, send } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { Button } from "@/components/ui/button.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { Section } from "./section.tsx";

/** One's own password. */
export function PasswordSection({ hasPassword }: { hasPassword: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <Section
      title="Password"
      text={
        hasPassword
          ? "Changing it signs out every other browser of yours."
          : "You have none: you come in another way. An admin can set one."
      }
      action={
        hasPassword ? (
          <Button onClick={() => setOpen(true)} className="max-sm:h-11">
            Change password…
          </Button>
        ) : null
      }
    >
      {open ? <ChangeDialog onClose={() => setOpen(false)} /> : null}
    </Section>
  );
}

function ChangeDialog({ onClose }: { onClose: () => void }) {
  const { busy, problem, onSubmit } = useSubmit(async ({ currentPassword, newPassword }) => {
    const body = { currentPassword, newPassword, revokeOtherSessions: true };
    await send("/api/auth/change-password", { method: "POST", body, signedOut: true });
    say({ tone: "ok", title: "Your password is changed", text: "Every other browser of yours is signed out." });
    onClose();
  });
  const says = problem ? placed(problem) : null;
  return (
    <FormDialog
      onClose={onClose}
      title="Change password"
      text="Every other browser of yours is signed out."
      verb="Change password"
      busy={busy}
      onSubmit={onSubmit}
    >
      <PasswordField
        label="Password now"
        name="currentPassword"
        autoComplete="current-password"
        required
        error={says?.field === "now" ? says.text : null}
      />
      <PasswordField
        label="New password"
        name="newPassword"
        autoComplete="new-password"
        required
        hint="10 signs at least. A few words that nobody says together are good."
        error={says?.field === "new" ? says.text : null}
      />
    </FormDialog>
  );
}

/** Which of the two fields a refusal is about. */
function placed(problem: ApiProblem): { field: "now" | "new"; text: string } {
  if (/short|long|at (least|most)|10/i.test(problem.words))
    return { field: "new", text: "It needs 10 signs at least, and 256 at most." };
  if (problem.status === 400 || problem.status === 401 || problem.status === 403)
    return { field: "now", text: "That is not your password of now." };
  return { field: "now", text: problem.words };
}
