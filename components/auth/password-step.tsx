"use client";

import { KeyRound } from "lucide-react";
import { useRef, useState } from "react";
import { ApiProblem, send } from "@/components/shell/api-client.ts";
import { Button } from "@/components/ui/button.tsx";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { useHydrated } from "@/components/ui/use-hydrated.ts";
import { AUTH_SIZE, AuthCard, Or } from "./auth-card.tsx";
import { NoPasskey, passkeysWork, signInByPasskey } from "./passkey.ts";
import { PasswordField } from "./password-field.tsx";
import { leaveForProvider } from "./provider.ts";
import type { SignInProps } from "./sign-in.tsx";
import { refusalWords, returnedWords } from "./sign-in-words.ts";
import { useSubmit } from "./use-submit.ts";

interface PasswordStepProps extends SignInProps {
  /** what was typed before */
  name: string;
  /** the account wants a code too */
  onSecond: (name: string) => void;
  onDone: () => void;
}

interface Answer {
  twoFactorRedirect?: boolean;
}

export function PasswordStep({ methods, address, next, returned, name, onSecond, onDone }: PasswordStepProps) {
  // a form sent before the page hears its buttons would be sent by the browser itself
  const awake = useHydrated();
  const password = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(name);
  const [other, setOther] = useState<string | null>(returnedWords(returned));
  const { busy, problem, clear, onSubmit } = useSubmit(async (fields) => {
    setOther(null);
    try {
      const body = { username: fields.username, password: fields.password, rememberMe: fields.keep === "on" };
      const answer = await send<Answer>("/api/auth/sign-in/username", { method: "POST", body, signedOut: true });
      if (answer.twoFactorRedirect) onSecond(fields.username ?? "");
      else onDone();
    } catch (error) {
      password.current?.select();
      throw error;
    }
  });

  /** Passkey and OIDC: another way in, whose refusal has nothing to do with the fields. */
  const by = async (way: () => Promise<void>) => {
    clear();
    setOther(null);
    try {
      await way();
    } catch (error) {
      if (error instanceof NoPasskey) setOther(error.problem);
      else if (error instanceof ApiProblem) setOther(refusalWords(error, "This passkey is not known here."));
      else throw error;
    }
  };
  const byPasskey = () => by(() => signInByPasskey().then(onDone));
  const byOidc = () => by(() => leaveForProvider(next));

  const passkey = methods.passkey && (!awake || passkeysWork());
  // a right password that is no way in: the server says why
  const barred = problem?.status === 403 ? problem.words : null;
  const wrong = problem ? (barred ?? refusalWords(problem, "The user name or the password is wrong.")) : null;
  return (
    <AuthCard title={`Sign in to ${methods.host}`} text={address} methods={methods}>
      {other ? <Note tone="fail" alert title={other} /> : null}
      {methods.password ? (
        <form method="post" onSubmit={onSubmit} className="grid gap-3.5">
          <FormField label="User name">
            {(attributes) => (
              <TextField
                {...attributes}
                name="username"
                autoComplete="username"
                autoCapitalize="none"
                autoFocus
                required
                defaultValue={name}
                onChange={(event) => setTyped(event.target.value)}
                className={`w-full ${AUTH_SIZE}`}
              />
            )}
          </FormField>
          <PasswordField
            ref={password}
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            error={wrong}
            fieldClassName={AUTH_SIZE}
          />
          <Checkbox name="keep" defaultChecked className="text-muted-foreground">
            Keep me signed in for 14 days
          </Checkbox>
          <Button type="submit" variant="filled" disabled={!awake || busy} className={`w-full ${AUTH_SIZE}`}>
            Sign in
          </Button>
        </form>
      ) : null}
      {methods.password && (passkey || methods.oidc) ? <Or /> : null}
      {passkey ? (
        <Button
          icon={<KeyRound aria-hidden="true" />}
          disabled={!awake}
          onClick={() => void byPasskey()}
          className={`w-full ${AUTH_SIZE}`}
        >
          Use a passkey
        </Button>
      ) : null}
      {methods.oidc ? (
        <Button disabled={!awake} onClick={() => void byOidc()} className={`w-full ${AUTH_SIZE}`}>
          <span className="truncate">Continue with {methods.oidc.name}</span>
        </Button>
      ) : null}
      <p className="text-center text-12 text-pretty text-muted-foreground">
        Locked out? On the server, run
        <code className="block font-mono [overflow-wrap:anywhere]">
          npm run -s trihelm -- user reset --name {shellWord(typed)}
        </code>
      </p>
    </AuthCard>
  );
}

/** The name as it may stand in a command somebody copies; anything else is left for them to fill in. */
function shellWord(name: string): string {
  return /^[\w.@-]{1,64}$/.test(name) ? name : "<name>";
}
