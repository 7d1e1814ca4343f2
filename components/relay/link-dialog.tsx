"use client";

import { useState } from "react";
import type { Link } from "#lib/relay/shapes.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { call } from "@/components/shell/api-client.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { keepAddress } from "./use-relay.ts";

const LIVES = [
  { value: "300", label: "5 min" },
  { value: "900", label: "15 min" },
  { value: "3600", label: "1 h" },
  { value: "86400", label: "1 d" },
  { value: "604800", label: "7 d" },
] as const;
const OPENINGS = [
  { value: "1", label: "Once" },
  { value: "3", label: "3 times" },
  { value: "10", label: "10 times" },
  { value: "", label: "Any number of times" },
] as const;

interface LinkDialogProps {
  service: string;
  /** what its page calls the service unless told otherwise */
  name: string;
  onClose: () => void;
  onMade: (link: Link) => void;
}

/** Makes a link to one service's code. */
export function LinkDialog({ service, name, onClose, onMade }: LinkDialogProps) {
  const [lives, setLives] = useState<(typeof LIVES)[number]["value"]>("900");
  const [opens, setOpens] = useState<(typeof OPENINGS)[number]["value"]>("3");
  const { busy, problem, onSubmit } = useSubmit(async ({ title, passphrase }) => {
    const made = await call<Link & { url: string }>("POST", "/relay/links", {
      service,
      expiresIn: Number(lives),
      ...(title ? { title } : {}),
      ...(passphrase ? { passphrase } : {}),
      ...(opens === "" ? {} : { mostOpens: Number(opens) }),
    });
    keepAddress(made.id, made.url);
    onMade(made);
  });
  const named = problem?.about("title", "A name") ?? null;
  const phrased = problem?.about("passphrase", "A passphrase") ?? null;
  return (
    <FormDialog
      title={`Make a link to ${name}`}
      text="Whoever has it sees this service's code and nothing else. Send it to the one person whose phone is to be linked."
      verb="Make link"
      busy={busy}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      {problem && named === null && phrased === null ? (
        <Note tone="fail" alert title="The link was not made">
          {problem.words}
        </Note>
      ) : null}
      <div className="grid grid-cols-2 items-start gap-3.5">
        <FormField label="Ends after">
          {(attributes) => (
            <Select {...attributes} value={lives} options={LIVES} onChange={setLives} className="w-full" />
          )}
        </FormField>
        <FormField label="May be opened">
          {(attributes) => (
            <Select {...attributes} value={opens} options={OPENINGS} onChange={setOpens} className="w-full" />
          )}
        </FormField>
      </div>
      <FormField label="Name on its page" hint="How the page calls the service." error={named}>
        {(attributes) => (
          <TextField {...attributes} name="title" maxLength={80} placeholder={name} className="w-full max-sm:h-11" />
        )}
      </FormField>
      <FormField
        label="Passphrase"
        hint="Not needed. With one, tell it another way than you send the link."
        error={phrased}
      >
        {(attributes) => (
          <TextField
            {...attributes}
            name="passphrase"
            minLength={4}
            maxLength={200}
            autoCapitalize="none"
            className="w-full max-sm:h-11"
          />
        )}
      </FormField>
    </FormDialog>
  );
}
