"use client";

import { Fingerprint, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { browserWords } from "#lib/format/browser-words.ts";
import { addPasskey, NoPasskey, passkeysWork } from "@/components/auth/passkey.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { ApiProblem, send } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { useHydrated } from "@/components/ui/use-hydrated.ts";
import { FormDialog } from "./form-dialog.tsx";
import { Section } from "./section.tsx";
import { usePasskeys } from "./use-passkeys.ts";

export interface Passkey {
  id: string;
  name: string | null;
  createdAt: string;
}

/** Devices that sign in without a password: make one, name it, take it away. */
export function Passkeys({ onChanged }: { onChanged: () => void }) {
  const { passkeys, problem, reload } = usePasskeys();
  const [open, setOpen] = useState<"add" | { rename: Passkey } | { remove: Passkey } | null>(null);
  const works = !useHydrated() || passkeysWork();
  const close = () => setOpen(null);
  const changed = () => {
    close();
    reload();
    onChanged();
  };
  const remove = async ({ id, name }: Passkey) => {
    close();
    const gone = await attempt(`${name ?? "The passkey"} was not removed`, () =>
      send("/api/auth/passkey/delete-passkey", { method: "POST", body: { id } }),
    );
    if (gone) changed();
  };
  return (
    <Section
      title="Passkeys"
      text={
        works
          ? "Your fingerprint, face or PIN on this device signs you in, without a password and without a code."
          : "They need https, or localhost, and this page came over plain http. Set TRIHELM_BASE_URL to an https address to use them."
      }
      action={
        works ? (
          <Button icon={<Plus aria-hidden="true" />} onClick={() => setOpen("add")} className="max-sm:h-11">
            Add a passkey…
          </Button>
        ) : null
      }
    >
      {problem ? (
        <p role="alert" className="px-4 py-3 text-fail">
          The passkeys could not be read: {problem.words}
        </p>
      ) : null}
      {passkeys && passkeys.length > 0 ? (
        <ul aria-label="Passkeys">
          {passkeys.map((passkey) => (
            <li key={passkey.id} className="flex items-center gap-3 border-hairline px-4 py-2 not-first:border-t">
              <Fingerprint aria-hidden="true" className="icon text-muted-foreground" />
              <span className="min-w-0 flex-1 truncate">
                <span className="font-medium">{nameOf(passkey)}</span>
                <span className="text-muted-foreground">
                  {", added "}
                  <TimeAgo time={passkey.createdAt} ago />
                </span>
              </span>
              <IconButton
                label={`Rename ${nameOf(passkey)}`}
                onClick={() => setOpen({ rename: passkey })}
                className="max-sm:size-11"
              >
                <Pencil aria-hidden="true" />
              </IconButton>
              <IconButton
                label={`Remove ${nameOf(passkey)}`}
                onClick={() => setOpen({ remove: passkey })}
                className="max-sm:size-11"
              >
                <Trash2 aria-hidden="true" />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
      {open === "add" ? (
        <NameDialog
          title="Add a passkey"
          text="Give it a name to know it by. Your browser asks for the rest."
          verb="Continue"
          name={browserWords(navigator.userAgent)}
          onClose={close}
          run={async (name) => {
            await addPasskey(name);
            say({ tone: "ok", title: `${name} is a passkey now` });
            changed();
          }}
        />
      ) : null}
      {open !== null && open !== "add" && "rename" in open ? (
        <NameDialog
          title={`Rename ${nameOf(open.rename)}`}
          verb="Rename"
          name={nameOf(open.rename)}
          onClose={close}
          run={async (name) => {
            await send("/api/auth/passkey/update-passkey", { method: "POST", body: { id: open.rename.id, name } });
            changed();
          }}
        />
      ) : null}
      {open !== null && open !== "add" && "remove" in open ? (
        <ConfirmDialog
          open
          onClose={close}
          title={`Remove ${nameOf(open.remove)}?`}
          text="That device no longer signs you in without a password. Remove it from the device's own list too."
          verb="Remove"
          keep="Keep it"
          onConfirm={() => void remove(open.remove)}
        />
      ) : null}
    </Section>
  );
}

function nameOf({ name }: Passkey): string {
  return name || "Passkey";
}

interface NameDialogProps {
  title: string;
  text?: string;
  verb: string;
  name: string;
  run: (name: string) => Promise<void>;
  onClose: () => void;
}

function NameDialog({ title, text, verb, name, run, onClose }: NameDialogProps) {
  const [refused, setRefused] = useState<string | null>(null);
  const { busy, problem, onSubmit } = useSubmit(async (fields) => {
    setRefused(null);
    try {
      await run(fields.name?.trim() || name);
    } catch (error) {
      if (!(error instanceof NoPasskey)) throw error;
      setRefused(error.problem);
    }
  });
  const says = problem instanceof ApiProblem ? problem.words : refused;
  return (
    <FormDialog onClose={onClose} title={title} text={text} verb={verb} busy={busy} onSubmit={onSubmit}>
      <FormField label="Name" error={says}>
        {(attributes) => (
          <TextField {...attributes} name="name" defaultValue={name} maxLength={64} className="w-full max-sm:h-11" />
        )}
      </FormField>
    </FormDialog>
  );
}
