"use client";

import { Check } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Pill } from "@/components/ui/pill.tsx";
import { Section } from "./section.tsx";
import { NewCodesDialog, TurnOffDialog } from "./two-factor-changes.tsx";
import { TwoFactorSetup } from "./two-factor-setup.tsx";

interface TwoFactorProps {
  on: boolean;
  hasPassword: boolean;
  onChanged: () => void;
}

/** A code of an app on the phone after the password. */
export function TwoFactor({ on, hasPassword, onChanged }: TwoFactorProps) {
  const [open, setOpen] = useState<"setup" | "codes" | "off" | null>(null);
  const close = () => setOpen(null);
  return (
    <Section
      title={
        <>
          Code from an app
          {on ? (
            <Pill small tone="ok" icon={<Check aria-hidden="true" />}>
              On
            </Pill>
          ) : null}
        </>
      }
      text={
        hasPassword
          ? "After the password, Trihelm asks for 6 digits that an app on your phone shows. A password alone is then no way in."
          : "It goes with a password, and this account has none."
      }
      action={
        on ? (
          <>
            <Button onClick={() => setOpen("codes")} className="max-sm:h-11">
              New recovery codes…
            </Button>
            <Button onClick={() => setOpen("off")} className="max-sm:h-11">
              Turn off…
            </Button>
          </>
        ) : hasPassword ? (
          <Button onClick={() => setOpen("setup")} className="max-sm:h-11">
            Set up…
          </Button>
        ) : null
      }
    >
      {open === "setup" ? <TwoFactorSetup onClose={close} onChanged={onChanged} /> : null}
      {open === "codes" ? <NewCodesDialog onClose={close} /> : null}
      {open === "off" ? <TurnOffDialog onClose={close} onChanged={onChanged} /> : null}
    </Section>
  );
}
