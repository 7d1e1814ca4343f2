"use client";

import { useState } from "react";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { call } from "@/components/shell/api-client.ts";
import { useMe } from "@/components/shell/me.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import type { Token } from "./account-shapes.ts";
import { FormDialog } from "./form-dialog.tsx";
import { ScopeFields, scopeBody, scopeOf, scopeProblem } from "./scope-fields.tsx";

const DAY = 86_400;
const LIVES = [
  { value: String(7 * DAY), label: "7 days" },
  { value: String(30 * DAY), label: "30 days" },
  { value: String(90 * DAY), label: "90 days" },
  { value: String(365 * DAY), label: "1 year" },
  { value: "", label: "No end" },
];

/** Makes a token, then shows it this once. */
export function TokenDialog({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const [made, setMade] = useState<(Token & { token: string }) | null>(null);
  return made ? (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title={`${made.name} is made`}
      text="This is the only time it is shown. Copy it to where the script runs."
      footer={
        <Button variant="filled" onClick={onClose}>
          Done
        </Button>
      }
    >
      <ShownOnce text={made.token} label="token" />
      <div className="grid gap-1.5">
        <span className="text-12 text-muted-foreground">Try it</span>
        <Example />
      </div>
    </Dialog>
  ) : (
    <MakeDialog
      onClose={onClose}
      onMade={(token) => {
        setMade(token);
        onMade();
      }}
    />
  );
}

interface MakeDialogProps {
  onClose: () => void;
  onMade: (token: Token & { token: string }) => void;
}

function MakeDialog({ onClose, onMade }: MakeDialogProps) {
  const me = useMe();
  const [scope, setScope] = useState(() => scopeOf({ role: me.role, services: null, verbs: null }));
  const [lives, setLives] = useState(String(90 * DAY));
  const [tried, setTried] = useState(false);
  const { busy, problem, onSubmit } = useSubmit(async ({ name }) => {
    setTried(true);
    if (scopeProblem(scope)) return;
    const body = { name, expiresIn: lives === "" ? null : Number(lives), ...withoutNothing(scopeBody(scope)) };
    onMade(await call<Token & { token: string }>("POST", "/tokens", body));
  });
  const named = problem?.about("name", "A name") ?? null;
  return (
    <FormDialog onClose={onClose} title="Make a token" width="wide" verb="Make token" busy={busy} onSubmit={onSubmit}>
      {problem && named === null ? (
        <Note tone="fail" alert title="The token was not made">
          {problem.words}
        </Note>
      ) : null}
      <div className="grid grid-cols-[minmax(0,1fr)_140px] items-start gap-3.5">
        <FormField label="Name" hint="What uses it, as in backup-cron." error={named}>
          {(attributes) => (
            <TextField {...attributes} name="name" required autoCapitalize="none" className="w-full max-sm:h-11" />
          )}
        </FormField>
        <FormField label="Ends after">
          {(attributes) => (
            <Select {...attributes} value={lives} options={LIVES} onChange={setLives} className="w-full" />
          )}
        </FormField>
      </div>
      <ScopeFields scope={scope} onChange={setScope} complain={tried} who="It" />
    </FormDialog>
  );
}

/** Something that is never shown again, with copy. */
export function ShownOnce({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-center gap-2 rounded-control border border-border-strong bg-inset py-1.5 pr-1.5 pl-3">
      <code className="min-w-0 flex-1 font-mono text-12 leading-5 [overflow-wrap:anywhere]">{text}</code>
      <CopyButton text={text} label={`Copy ${label}`} />
    </div>
  );
}

function Example() {
  const line = `curl -H "Authorization: Bearer $TRIHELM_TOKEN" ${location.origin}/api/v1/services`;
  return <ShownOnce text={line} label="command" />;
}

/** What is left out means the owner's own. */
function withoutNothing<Body extends object>(body: Body): Partial<Body> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)) as Partial<Body>;
}
