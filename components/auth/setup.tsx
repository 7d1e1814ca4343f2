"use client";

import { Check } from "lucide-react";
import { useState } from "react";
import { cn } from "#lib/format/cn.ts";
import { Mark } from "@/components/shell/mark.tsx";
import { SetupAccount } from "./setup-account.tsx";
import { SetupCode } from "./setup-code.tsx";
import { SetupSupervisors } from "./setup-supervisors.tsx";

const STEPS = ["Setup code", "Account", "Supervisors"];

/** The first run: the code proves that one can reach the server, then the first account, then what was found. */
export function Setup({ host }: { host: string }) {
  const [step, setStep] = useState(0);
  const [token, setToken] = useState("");
  return (
    <main className="min-h-dvh">
      <header className="grid h-14 grid-cols-[1fr_auto_1fr] items-center border-b border-border bg-card px-5 max-sm:px-4">
        <span className="inline-flex items-center gap-[9px] text-14 font-semibold tracking-[-.01em]">
          <Mark size={22} />
          <span className="max-sm:sr-only">Trihelm</span>
        </span>
        <Steps current={step} />
        <span className="min-w-0 truncate justify-self-end font-mono text-12 text-muted-foreground">{host}</span>
      </header>
      {step === 0 ? (
        <SetupCode
          host={host}
          onGiven={(given) => {
            setToken(given);
            setStep(1);
          }}
        />
      ) : step === 1 ? (
        <SetupAccount host={host} token={token} onMade={() => setStep(2)} onBack={() => setStep(0)} />
      ) : (
        <SetupSupervisors host={host} />
      )}
    </main>
  );
}

function Steps({ current }: { current: number }) {
  return (
    <ol aria-label="Steps" className="flex gap-7 text-12 font-medium text-subtle-foreground max-sm:gap-3">
      {STEPS.map((name, index) => (
        <li
          key={name}
          aria-current={index === current ? "step" : undefined}
          className={cn(
            "inline-flex items-center gap-[7px]",
            index < current && "text-muted-foreground",
            index === current && "text-foreground",
          )}
        >
          {index < current ? (
            <>
              <Check aria-hidden="true" className="size-3.5 stroke-2 text-ok" />
              <span className="sr-only">Done: </span>
            </>
          ) : (
            <span
              className={cn(
                "inline-flex size-[18px] items-center justify-center rounded-full border border-border-strong text-11",
                index === current && "border-foreground bg-foreground text-background",
              )}
            >
              {index + 1}
            </span>
          )}
          <span className={cn(index === current ? "" : "max-sm:sr-only")}>{name}</span>
        </li>
      ))}
    </ol>
  );
}
