"use client";

/** Asks once more who somebody is, where the server wants to be sure; the request that asked for it then goes on. */
import { KeyRound } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { NoPasskey, passkeysWork, signInByPasskey } from "@/components/auth/passkey.ts";
import { PasswordField } from "@/components/auth/password-field.tsx";
import { leaveForProvider } from "@/components/auth/provider.ts";
import type { SignInMethods } from "@/components/auth/sign-in-methods.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { ApiProblem, onStepUp, stepUp } from "./api-client.ts";
import { useMe } from "./me.tsx";
import { useReading } from "./use-reading.ts";

export function StepUpProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const waiting = useRef<((given: boolean) => void)[]>([]);
  useEffect(
    () =>
      onStepUp(() => {
        setOpen(true);
        return new Promise((resolve) => waiting.current.push(resolve));
      }),
    [],
  );
  const settle = (given: boolean) => {
    setOpen(false);
    for (const resolve of waiting.current.splice(0)) resolve(given);
  };
  return (
    <>
      {children}
      {open ? <StepUpDialog onSettled={settle} /> : null}
    </>
  );
}

function StepUpDialog({ onSettled }: { onSettled: (given: boolean) => void }) {
  const me = useMe();
  const form = useId();
  const field = useRef<HTMLInputElement>(null);
  const [passkeyProblem, setPasskeyProblem] = useState<string | null>(null);
  const { busy, problem, onSubmit } = useSubmit(async ({ password }) => {
    try {
      await stepUp(password ?? "");
      onSettled(true);
    } finally {
      field.current?.select();
    }
  });
  const byPasskey = async () => {
    setPasskeyProblem(null);
    try {
      await signInByPasskey();
      onSettled(true);
    } catch (error) {
      if (error instanceof NoPasskey) setPasskeyProblem(error.problem);
      else if (error instanceof ApiProblem) setPasskeyProblem(error.words);
      else throw error;
    }
  };
  const canPasskey = me.passkeys > 0 && passkeysWork();
  return (
    <Dialog
      open
      onClose={() => onSettled(false)}
      title="Confirm that it is you"
      text={`This needs a sign-in of the last 10 minutes. You are signed in as ${me.name}.`}
      initialFocus={me.hasPassword ? field : undefined}
      footer={
        <>
          <Button onClick={() => onSettled(false)}>Cancel</Button>
          {canPasskey ? (
            <Button icon={<KeyRound aria-hidden="true" />} onClick={() => void byPasskey()}>
              Use a passkey
            </Button>
          ) : null}
          {me.hasPassword ? (
            <Button type="submit" form={form} variant="filled" disabled={busy}>
              Confirm
            </Button>
          ) : null}
        </>
      }
    >
      {me.hasPassword ? (
        <form id={form} method="post" onSubmit={onSubmit}>
          <PasswordField
            ref={field}
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            error={problem ? wordsOf(problem) : passkeyProblem}
          />
        </form>
      ) : (
        <WithoutPassword canPasskey={canPasskey} problem={passkeyProblem} />
      )}
    </Dialog>
  );
}

function wordsOf(problem: ApiProblem): string {
  return problem.status === 401 || problem.status === 403 ? "That is not the password." : problem.words;
}

interface WithoutPasswordProps {
  canPasskey: boolean;
  /** of a passkey that was tried */
  problem: string | null;
}

/** Whom a provider or a proxy vouches for: the provider can be asked again, a proxy cannot. */
function WithoutPassword({ canPasskey, problem }: WithoutPasswordProps) {
  const { kind, name } = useMe();
  const { data } = useReading<SignInMethods>("/sign-in-methods");
  const [refused, setRefused] = useState<string | null>(null);
  const provider = kind === "session" ? data?.oidc?.name : undefined;
  const leave = async () => {
    try {
      await leaveForProvider(`${location.pathname}${location.search}`);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setRefused(error.words);
    }
  };
  return (
    <>
      {(refused ?? problem) ? (
        <p role="alert" className="text-fail">
          {refused ?? problem}
        </p>
      ) : null}
      <p className="text-pretty text-muted-foreground">
        This account has no password. {canPasskey ? "Use a passkey, or give it one" : "Give it one"} on the server:{" "}
        <code className="font-mono text-12 [overflow-wrap:anywhere]">
          npm run -s trihelm -- user set-password --name {name}
        </code>
      </p>
      {provider ? (
        <Button onClick={() => void leave()} className="justify-self-start max-sm:h-11">
          <span className="truncate">Sign in by {provider} again</span>
        </Button>
      ) : null}
    </>
  );
}
