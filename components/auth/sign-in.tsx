"use client";

import { useEffect, useState } from "react";
import { CodeStep } from "./code-step.tsx";
import { PasswordStep } from "./password-step.tsx";
import type { SignInMethods } from "./sign-in-methods.ts";

export interface SignInProps {
  methods: SignInMethods;
  /** the address in the browser's bar, without scheme */
  address: string;
  /** where to go then: a path of this server */
  next: string;
  /** why signing in elsewhere came back without an account */
  returned: string | null;
}

/** A name and a password, then a code where the account wants one; or a passkey; or somebody else's word. */
export function SignIn(props: SignInProps) {
  const { next } = props;
  const [name, setName] = useState("");
  const [second, setSecond] = useState(false);
  useAlreadySignedIn(next);
  const done = () => location.replace(next);
  return second ? (
    <CodeStep {...props} name={name} onDone={done} onBack={() => setSecond(false)} />
  ) : (
    <PasswordStep
      {...props}
      name={name}
      onSecond={(typed) => {
        setName(typed);
        setSecond(true);
      }}
      onDone={done}
    />
  );
}

const SENT_ON = "sent-on";
const AGAIN_AFTER = 10_000;

/**
 * A link in somebody else's page leads here although one is signed in: the browser keeps the session's cookie to itself on
 * such a way in. Asked from here it sends it. Not twice in a row: should the page lead back here, the form stays.
 */
function useAlreadySignedIn(next: string): void {
  useEffect(() => {
    const stop = new AbortController();
    const look = async () => {
      const answer = await fetch("/api/v1/me", { signal: stop.signal, headers: { Accept: "application/json" } });
      if (!answer.ok || Date.now() - Number(sessionStorage.getItem(SENT_ON) ?? 0) < AGAIN_AFTER) return;
      sessionStorage.setItem(SENT_ON, String(Date.now()));
      location.replace(next);
    };
    // without an answer there is nothing to send anybody on to: the form is there
    look().catch(() => undefined);
    return () => stop.abort();
  }, [next]);
}
