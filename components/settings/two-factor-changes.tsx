"use client";

import { type ReactNode, useState } from "react";
import { PasswordField } from "@/components/auth/password-field.tsx";
import { refusalWords } from "@/components/auth/sign-in-words.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { send, stepUp } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";

/** One step of the account library that wants the password: what it is for, and the verb. */
export interface PasswordDialogProps {
  title: string;
  text: string;
  verb: string;
  danger?: boolean;
  run: (password: string) => Promise<void>;
  onClose: () => void;
  children?: ReactNode;
}

export function PasswordDialog({ title, text, verb, danger, run, onClose }: PasswordDialogProps) {
  const { busy, problem, onSubmit } = useSubmit(({ password = "" }) => run(password));
  return (
    <FormDialog onClose={onClose} title={title} text={text} verb={verb} danger={danger} busy={busy} onSubmit={onSubmit}>
      <PasswordField
        label="Your password"
        name="password"
        autoComplete="current-password"
        required
        error={problem ? refusalWords(problem, "That is not your password.") : null}
      />
    </FormDialog>
  );
}

export function NewCodesDialog({ onClose }: { onClose: () => void }) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes) return <CodesDialog codes={codes} onClose={onClose} />;
  return (
    <PasswordDialog
      title="Make new recovery codes?"
      text="The old ones stop working at once."
      verb="Make new codes"
      onClose={onClose}
      run={async (password) => {
        const made = await sendWithPassword<{ backupCodes: string[] }>("generate-backup-codes", password);
        setCodes(made.backupCodes);
      }}
    />
  );
}

export function TurnOffDialog({ onClose, onChanged }: { onClose: () => void; onChanged: () => void }) {
  return (
    <PasswordDialog
      title="Turn the code off?"
      text="Your password alone signs you in then. The recovery codes stop working."
      verb="Turn off"
      danger
      onClose={onClose}
      run={async (password) => {
        await sendWithPassword("disable", password);
        say({ tone: "ok", title: "The code from the app is off" });
        onChanged();
        onClose();
      }}
    />
  );
}

/** The codes, and no way to miss that they are shown once. */
export function CodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="Keep these recovery codes"
      text="Each signs you in once, in place of the app's code, when the phone is lost. They are not shown again."
      footer={
        <Button variant="filled" onClick={onClose}>
          I have kept them
        </Button>
      }
    >
      <RecoveryCodes codes={codes} />
    </Dialog>
  );
}

/** A wrong password is an answer here, and does not end the session; where the server wants to be sure, the same one does. */
export function sendWithPassword<Answer>(what: string, password: string): Promise<Answer> {
  return send<Answer>(`/api/auth/two-factor/${what}`, {
    method: "POST",
    body: { password },
    signedOut: true,
    prove: () => stepUp(password).then(() => true),
  });
}
