"use client";

import { KeyRound, Plus, Printer } from "lucide-react";
import { useState } from "react";
import type { Encryption } from "#lib/backups/shapes.ts";
import { visible } from "#lib/format/visible.ts";
import { PasswordField } from "@/components/auth/password-field.tsx";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { Section } from "@/components/settings/section.tsx";
import { ApiProblem, call, readText } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Dialog, TypedConfirmDialog } from "@/components/ui/dialog.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";

type Asked = { kind: "new" } | { kind: "kit"; name: string; text: string } | { kind: "delete"; item: Encryption };

/** Keys that backups are encrypted with, and the way back without this server. */
export function EncryptionsSection() {
  const reading = useReading<{ items: Encryption[] }>("/encryptions");
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const showKit = async ({ id, name }: Encryption) => {
    try {
      setAsked({ kind: "kit", name, text: await readText(`/encryptions/${encodeURIComponent(id)}/kit`) });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!error.cancelled) say({ tone: "fail", title: "The recovery kit was not shown", text: error.words });
    }
  };
  const remove = async ({ id, name }: Encryption) => {
    close();
    if (!(await attempt(`${name} stays`, () => call("DELETE", `/encryptions/${encodeURIComponent(id)}`)))) return;
    say({ tone: "ok", title: `${name} is forgotten` });
    reading.reload();
  };
  return (
    <Section
      title="Encryption"
      text="By age, before anything leaves this server. Keep the recovery kit elsewhere: without this server it is the only key."
      action={
        <Button icon={<Plus aria-hidden="true" />} onClick={() => setAsked({ kind: "new" })} className="max-sm:h-11">
          Add key…
        </Button>
      }
    >
      <ReadView reading={reading} what="The keys" rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="px-4 py-3 text-muted-foreground">No key yet: backups are written as they are.</p>
          ) : (
            <ul aria-label="Keys">
              {items.map((item) => (
                <li
                  key={item.id}
                  className="flex flex-wrap items-center gap-x-4 gap-y-1 border-hairline px-4 py-2.5 not-first:border-t"
                >
                  <KeyRound aria-hidden="true" className="icon text-muted-foreground" />
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-medium">{visible(item.name)}</p>
                    <p className="text-12 text-muted-foreground [overflow-wrap:anywhere]">
                      {item.kind === "passphrase" ? (
                        "a passphrase"
                      ) : (
                        <code className="font-mono">{item.recipient}</code>
                      )}
                      {item.readable ? "" : ", only its owner can open what is encrypted"}, since{" "}
                      <TimeAgo time={item.createdAt} />
                    </p>
                  </div>
                  <Button
                    size="sm"
                    aria-label={`Recovery kit of ${item.name}`}
                    onClick={() => void showKit(item)}
                    className="max-sm:h-11"
                  >
                    Recovery kit…
                  </Button>
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-label={`Forget ${item.name}`}
                    onClick={() => setAsked({ kind: "delete", item })}
                    className="max-sm:h-11"
                  >
                    Forget…
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </ReadView>
      {asked?.kind === "new" ? (
        <KeyDialog
          onClose={close}
          onMade={(name, text) => {
            setAsked({ kind: "kit", name, text });
            reading.reload();
          }}
        />
      ) : null}
      {asked?.kind === "kit" ? <KitDialog name={asked.name} text={asked.text} onClose={close} /> : null}
      {asked?.kind === "delete" ? (
        <TypedConfirmDialog
          open
          onClose={close}
          title={`Forget ${visible(asked.item.name)}?`}
          text="What was encrypted with it can be opened only with its recovery kit. Refused while a plan or a backup needs it."
          name={asked.item.name}
          verb="Forget key"
          onConfirm={() => void remove(asked.item)}
        />
      ) : null}
    </Section>
  );
}

const KINDS = [
  { value: "generated", label: "A new key pair" },
  { value: "passphrase", label: "A passphrase" },
  { value: "recipient", label: "A recipient of somebody else" },
] as const;

const KIND_HINT = {
  generated: "This server keeps the key and can verify, drill and restore. The recovery kit holds it too.",
  passphrase: "This server keeps it sealed and can verify, drill and restore.",
  recipient: "This server can encrypt and never read again: no drill, no restore from here.",
};

function KeyDialog({ onClose, onMade }: { onClose: () => void; onMade: (name: string, kit: string) => void }) {
  const [kind, setKind] = useState<(typeof KINDS)[number]["value"]>("generated");
  const { busy, problem, onSubmit } = useSubmit(async ({ name, passphrase, recipient }) => {
    const body = {
      kind,
      name,
      ...(kind === "passphrase" ? { passphrase } : kind === "recipient" ? { recipient } : {}),
    };
    const made = await call<Encryption & { kit: string }>("POST", "/encryptions", body);
    onMade(made.name, made.kit);
  });
  return (
    <FormDialog title="Add a key" verb="Add key" busy={busy} onSubmit={onSubmit} onClose={onClose}>
      {problem ? (
        <Note tone="fail" alert title="The key was not added">
          {problem.about("passphrase", "The passphrase") ??
            problem.about("recipient", "The recipient") ??
            problem.words}
        </Note>
      ) : null}
      <FormField label="Name">
        {(attributes) => (
          <TextField {...attributes} name="name" required maxLength={60} className="w-full max-sm:h-11" />
        )}
      </FormField>
      <FormField label="What it is" hint={KIND_HINT[kind]}>
        {(attributes) => <Select {...attributes} value={kind} options={KINDS} onChange={setKind} className="w-full" />}
      </FormField>
      {kind === "passphrase" ? (
        <PasswordField
          label="Passphrase"
          name="passphrase"
          autoComplete="new-password"
          required
          hint="12 signs or more. It is not shown again."
        />
      ) : null}
      {kind === "recipient" ? (
        <FormField label="Recipient">
          {(attributes) => (
            <TextField
              {...attributes}
              mono
              name="recipient"
              required
              placeholder="age1…"
              className="w-full max-sm:h-11"
            />
          )}
        </FormField>
      ) : null}
    </FormDialog>
  );
}

function KitDialog({ name, text, onClose }: { name: string; text: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title={`Recovery kit of ${visible(name)}`}
      text="Whoever has it can open these backups. Print it, or keep it where this server is not."
      footer={
        <>
          <Button icon={<Printer aria-hidden="true" />} onClick={() => window.print()}>
            Print
          </Button>
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="relative">
        <pre
          data-print
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-80 overflow-auto rounded-control border border-border-strong bg-inset p-3 font-mono text-12 leading-5 [overflow-wrap:anywhere] whitespace-pre-wrap"
        >
          {text}
        </pre>
        <CopyButton text={text} label="Copy recovery kit" className="absolute top-1 right-1" />
      </div>
    </Dialog>
  );
}
