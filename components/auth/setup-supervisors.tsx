"use client";

import { Check, RefreshCw } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Board, Supervisor } from "#lib/services/service.ts";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { CommandLine } from "@/components/ui/command-line.tsx";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Pill } from "@/components/ui/pill.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { STEP_LEAD, STEP_TITLE } from "./setup-look.ts";
import { foundWords, goOnWords, nameOf, worthNaming } from "./supervisor-words.ts";

/** Step 3: what was found on the server, and the exact fix for what was not. */
export function SetupSupervisors({ host }: { host: string }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const { board, problem, look } = useBoard();
  const found = worthNaming(board?.supervisors ?? []);
  const connected = found.filter(({ available }) => available).length;
  return (
    <section className="mx-auto my-12 w-full max-w-[800px] px-5 max-sm:my-8 max-sm:px-4">
      <h1 ref={title} tabIndex={-1} className={STEP_TITLE}>
        Connect the three supervisors
      </h1>
      <p className={STEP_LEAD}>
        Trihelm looked for them on {host}. One is enough; what is mended later appears by itself.
      </p>
      {problem ? (
        <Note tone="fail" alert title="The supervisors could not be read" className="mt-6">
          {problem}
        </Note>
      ) : null}
      <ul className="mt-6 rounded-panel border border-border bg-card" aria-busy={board === null}>
        {board === null
          ? ["systemd", "PM2", "Docker"].map((name) => (
              <li key={name} className="border-hairline px-5 py-4 not-first:border-t">
                <Skeleton className="h-10 w-72" />
              </li>
            ))
          : found.map((supervisor) => (
              <li key={supervisor.id} className="border-hairline px-5 py-4 not-first:border-t max-sm:px-4">
                <Found supervisor={supervisor} board={board} onLook={look} />
              </li>
            ))}
      </ul>
      <div className="mt-5 flex items-center justify-end gap-2.5 max-sm:flex-wrap">
        <span role="status" className="text-muted-foreground">
          {board === null ? "" : `${connected} of ${found.length} connected`}
        </span>
        {/* a full load: everything the page knows is of before the account */}
        <a href="/" className={buttonStyle({ variant: "filled", className: "max-sm:h-11" })}>
          {goOnWords(found)}
        </a>
      </div>
    </section>
  );
}

interface FoundProps {
  supervisor: Supervisor;
  board: Board;
  onLook: () => void;
}

function Found({ supervisor, board, onLook }: FoundProps) {
  const { kind, available, error } = supervisor;
  return (
    <>
      <div className="flex items-center gap-3.5">
        <HelmIcon kind={kind} className="size-5" />
        <div className="min-w-0 flex-1">
          <p className="text-14 font-semibold">{nameOf(supervisor)}</p>
          <p className="text-muted-foreground [overflow-wrap:anywhere]">
            {available ? (
              foundWords(supervisor, board.items)
            ) : (
              <code className="font-mono text-12">{error?.detail ?? "It did not answer"}</code>
            )}
          </p>
        </div>
        {available ? (
          <Pill tone="ok" icon={<Check aria-hidden="true" />}>
            Connected
          </Pill>
        ) : (
          <Button size="sm" icon={<RefreshCw aria-hidden="true" />} onClick={onLook} className="max-sm:h-11">
            Check again
          </Button>
        )}
      </div>
      {available || !error ? null : (
        <div className="mt-3 grid gap-2 sm:ml-[34px]">
          <Note tone={error.code === "absent" ? "plain" : "warn"} title={troubleTitle(supervisor)}>
            {error.hint}
          </Note>
          {error.command === null ? null : <CommandLine command={error.command} />}
        </div>
      )}
    </>
  );
}

function troubleTitle(supervisor: Supervisor): string {
  const name = nameOf(supervisor);
  if (supervisor.error?.code === "absent") return `${name} is not here`;
  return supervisor.error?.code === "denied" ? `Trihelm may not read ${name}` : `Trihelm cannot reach ${name}`;
}

const EVERY = 4000;

/** Asked again and again: somebody mends a thing in a terminal beside this page. */
function useBoard(): { board: Board | null; problem: string | null; look: () => void } {
  const [board, setBoard] = useState<Board | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const look = useCallback(async () => {
    try {
      setBoard(await call<Board>("GET", "/services?all=1"));
      setProblem(null);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error.words);
    }
  }, []);
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), EVERY);
    return () => clearInterval(timer);
  }, [look]);
  return { board, problem, look: () => void look() };
}
