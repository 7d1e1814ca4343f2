"use client";

import { useRef, useState } from "react";
import { refusalWords } from "@/components/auth/sign-in-words.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { send } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { QrCode } from "./qr-code.tsx";
import { CodesDialog, PasswordDialog, sendWithPassword } from "./two-factor-changes.tsx";

interface Enabled {
  totpURI: string;
  backupCodes: string[];
}

interface TwoFactorSetupProps {
  onClose: () => void;
  onChanged: () => void;
}

/** Password, then the QR code and a first code to prove that the app has it, then the recovery codes. */
export function TwoFactorSetup({ onClose, onChanged }: TwoFactorSetupProps) {
  const [enabled, setEnabled] = useState<Enabled | null>(null);
  const [proven, setProven] = useState(false);
  if (!enabled) {
    return (
      <PasswordDialog
        title="Set up a code from an app"
        text="Any app for one-time codes will do. First your password."
        verb="Continue"
        onClose={onClose}
        run={async (password) => setEnabled(await sendWithPassword<Enabled>("enable", password))}
      />
    );
  }
  if (!proven) {
    return (
      <ScanDialog
        uri={enabled.totpURI}
        onClose={onClose}
        onProven={() => {
          setProven(true);
          onChanged();
          say({ tone: "ok", title: "The code from the app is on" });
        }}
      />
    );
  }
  return <CodesDialog codes={enabled.backupCodes} onClose={onClose} />;
}

interface ScanDialogProps {
  uri: string;
  onClose: () => void;
  onProven: () => void;
}

function ScanDialog({ uri, onClose, onProven }: ScanDialogProps) {
  const field = useRef<HTMLInputElement>(null);
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  const { busy, problem, onSubmit } = useSubmit(async ({ code = "" }) => {
    try {
      const body = { code: code.replace(/\s/g, "") };
      await send("/api/auth/two-factor/verify-totp", { method: "POST", body, signedOut: true });
      onProven();
    } catch (error) {
      field.current?.select();
      throw error;
    }
  });
  return (
    <FormDialog
      onClose={onClose}
      width="wide"
      title="Scan this with the app"
      text="Then type the 6 digits it shows. The code is on once they are right."
      initialFocus={field}
      verb="Turn on"
      busy={busy}
      onSubmit={onSubmit}
    >
      <div className="flex items-start gap-5 max-sm:flex-col max-sm:items-center">
        <QrCode text={uri} label="QR code for the app" />
        <div className="grid min-w-0 flex-1 gap-4 max-sm:w-full">
          <div className="grid gap-1.5">
            <span className="text-12 text-muted-foreground">No camera? Type this key into the app:</span>
            <span className="flex items-center gap-1">
              <code className="min-w-0 font-mono text-12 leading-5 [overflow-wrap:anywhere]">{inFours(secret)}</code>
              <CopyButton text={secret} label="Copy key" />
            </span>
          </div>
          <FormField
            label="Code"
            hint="6 digits, new every 30 s."
            error={problem ? refusalWords(problem, "That code is wrong, or its 30 s are over.") : null}
          >
            {(attributes) => (
              <TextField
                {...attributes}
                ref={field}
                name="code"
                mono
                required
                inputMode="numeric"
                autoComplete="one-time-code"
                className="w-full max-sm:h-11"
              />
            )}
          </FormField>
        </div>
      </div>
    </FormDialog>
  );
}

function inFours(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}
