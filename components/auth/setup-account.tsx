"use client";

import { useEffect, useRef } from "react";
import { send } from "@/components/shell/api-client.ts";
import { Button } from "@/components/ui/button.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { AUTH_SIZE } from "./auth-card.tsx";
import { PasswordField } from "./password-field.tsx";
import { STEP_LEAD, STEP_TITLE } from "./setup-look.ts";
import { useSubmit } from "./use-submit.ts";

interface SetupAccountProps {
  host: string;
  token: string;
  onMade: () => void;
  onBack: () => void;
}

/** Step 2: the first account. It is an admin, and whoever makes it is signed in. */
export function SetupAccount({ host, token, onMade, onBack }: SetupAccountProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const { busy, problem, onSubmit } = useSubmit(async ({ name, password }) => {
    await send("/api/v1/setup", { method: "POST", body: { token, name, password }, signedOut: true });
    onMade();
  });
  const whole = problem && problem.errors.length === 0 ? problem : null;
  return (
    <section className="mx-auto my-12 w-full max-w-[520px] px-5 max-sm:my-8 max-sm:px-4">
      <h1 ref={title} tabIndex={-1} className={STEP_TITLE}>
        Make the first account
      </h1>
      <p className={STEP_LEAD}>It is an admin of {host}: it may do everything, and makes the accounts of others.</p>
      <form method="post" onSubmit={onSubmit} className="mt-5 grid gap-3.5">
        {whole ? (
          <Note
            tone="fail"
            alert
            title={whole.status === 403 ? "The setup code is no longer good" : "The account was not made"}
          >
            {whole.status === 403 ? "It is renewed every 30 min. Go back and enter the code of now." : whole.words}
          </Note>
        ) : null}
        <FormField
          label="User name"
          hint="Letters, digits, dots, dashes and underscores. You sign in with it, and the audit trail names it."
          error={problem?.about("name", "A user name")}
        >
          {(attributes) => (
            <TextField
              {...attributes}
              name="name"
              autoComplete="username"
              autoCapitalize="none"
              required
              className={`w-full ${AUTH_SIZE}`}
            />
          )}
        </FormField>
        <PasswordField
          label="Password"
          name="password"
          autoComplete="new-password"
          required
          hint="10 signs at least. A few words that nobody says together are good."
          error={problem?.about("password", "A password")}
          fieldClassName={AUTH_SIZE}
        />
        <div className="mt-1.5 flex items-center justify-between">
          <Button variant="ghost" onClick={onBack} className="max-sm:h-11">
            Back
          </Button>
          <Button type="submit" variant="filled" disabled={busy} className="max-sm:h-11">
            Make account
          </Button>
        </div>
      </form>
    </section>
  );
}
