"use client";

import { useRef, useState } from "react";
import { send } from "@/components/shell/api-client.ts";
import { Button } from "@/components/ui/button.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { AUTH_SIZE, AuthCard } from "./auth-card.tsx";
import type { SignInProps } from "./sign-in.tsx";
import { refusalWords } from "./sign-in-words.ts";
import { useSubmit } from "./use-submit.ts";

interface CodeStepProps extends SignInProps {
  name: string;
  onDone: () => void;
  onBack: () => void;
}

/** The second step of an account that has one: a code of the app on one's phone, or one of the recovery codes. */
export function CodeStep({ methods, name, onDone, onBack }: CodeStepProps) {
  const [recovery, setRecovery] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const { busy, problem, clear, onSubmit } = useSubmit(async ({ code = "" }) => {
    try {
      const way = recovery ? "verify-backup-code" : "verify-totp";
      const body = { code: recovery ? code.trim() : code.replace(/\s/g, "") };
      await send(`/api/auth/two-factor/${way}`, { method: "POST", body, signedOut: true });
      onDone();
    } catch (error) {
      field.current?.select();
      throw error;
    }
  });
  const turn = () => {
    clear();
    setRecovery(!recovery);
    if (field.current) field.current.value = "";
    field.current?.focus();
  };
  const wrong = recovery
    ? "This is none of the recovery codes, or it was used before."
    : "That code is wrong, or its 30 s are over.";
  return (
    <AuthCard
      title="Enter the code"
      text={recovery ? `One of the recovery codes of ${name}.` : `The app on your phone has it, for ${name}.`}
      methods={methods}
    >
      <form ref={form} method="post" onSubmit={onSubmit} className="grid gap-3.5">
        <FormField
          label={recovery ? "Recovery code" : "Code"}
          hint={recovery ? "Each works once." : "6 digits, new every 30 s."}
          error={problem ? refusalWords(problem, wrong) : null}
        >
          {(attributes) => (
            <TextField
              {...attributes}
              // another field, so that neither a typed text nor an offer of the browser goes from one to the other
              key={recovery ? "recovery" : "totp"}
              ref={field}
              name="code"
              mono
              autoFocus
              required
              autoComplete={recovery ? "off" : "one-time-code"}
              autoCapitalize="none"
              inputMode={recovery ? "text" : "numeric"}
              onChange={(event) => {
                if (!recovery && /^\d{6}$/.test(event.target.value.replace(/\s/g, ""))) form.current?.requestSubmit();
              }}
              className={`w-full ${AUTH_SIZE}`}
              inputClassName="text-16"
            />
          )}
        </FormField>
        <Button type="submit" variant="filled" disabled={busy} className={`w-full ${AUTH_SIZE}`}>
          Sign in
        </Button>
      </form>
      <Button onClick={turn} className={`w-full ${AUTH_SIZE}`}>
        {recovery ? "Use the app instead" : "Use a recovery code instead"}
      </Button>
      <Button variant="ghost" onClick={onBack} className={`w-full ${AUTH_SIZE}`}>
        Sign in as somebody else
      </Button>
      <p className="text-center text-12 text-pretty text-muted-foreground">
        Neither at hand? An admin can reset it under Settings, People; or on the server, run{" "}
        <code className="font-mono [overflow-wrap:anywhere]">npm run -s trihelm -- user reset --name {name}</code>.
      </p>
    </AuthCard>
  );
}
