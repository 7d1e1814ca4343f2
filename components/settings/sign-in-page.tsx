"use client";

import { useState } from "react";
import type { SignInMethods } from "@/components/auth/sign-in-methods.ts";
import { useMe } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { OtherWays } from "./other-ways.tsx";
import { Passkeys } from "./passkeys.tsx";
import { PasswordSection } from "./password-section.tsx";
import { ReadView } from "./read-view.tsx";
import { PageHead } from "./section.tsx";
import { TwoFactor } from "./two-factor.tsx";

interface Standing {
  twoFactor: boolean;
  hasPassword: boolean;
}

/** How one proves who one is: password, code, passkeys; and what this server takes from elsewhere. */
export function SignInPage() {
  const me = useMe();
  const reading = useReading<Standing>("/me");
  const methods = useReading<SignInMethods>("/sign-in-methods");
  const [changes, setChanges] = useState(0);
  const changed = () => {
    setChanges(changes + 1);
    reading.reload();
  };
  return (
    <>
      <PageHead
        title="Sign-in methods"
        text={`How you prove that you are ${me.name}. A passkey, or a password with a code, is hard to steal.`}
      />
      <ReadView reading={reading} what="Your account">
        {({ twoFactor, hasPassword }) => (
          <>
            <PasswordSection hasPassword={hasPassword} />
            <TwoFactor on={twoFactor} hasPassword={hasPassword} onChanged={changed} />
            <Passkeys onChanged={changed} />
          </>
        )}
      </ReadView>
      {methods.data ? <OtherWays methods={methods.data} /> : null}
    </>
  );
}
