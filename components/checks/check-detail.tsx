"use client";

import type { Check, CheckResult } from "#lib/checks/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { formatClock, formatDay, formatExact } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { CommandLine } from "@/components/ui/command-line.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { TimeUntil } from "@/components/ui/time-ago.tsx";
import { latencyWords } from "./check-words.ts";

const WORD = { up: "up", down: "down", late: "late", started: "began" };
const TONE = { up: "text-muted-foreground", down: "text-fail", late: "text-warn", started: "text-muted-foreground" };

/** What a check said each time, newest first, and of a heartbeat what its job has to call. */
export function CheckDetail({ check, results }: { check: Check; results: readonly CheckResult[] }) {
  const { every, timeout, tolerates, by, nextAt, kind } = check;
  return (
    <div className="grid gap-3 border-t border-hairline bg-muted px-3.5 py-3 sm:pl-[42px]">
      {kind === "heartbeat" ? <Heartbeat url={check.url} /> : null}
      <p className="text-12 text-pretty text-muted-foreground">
        {kind === "heartbeat" ? null : (
          <>
            Every {formatDuration(every)}, waits {formatDuration(timeout)}
            {tolerates > 0 ? `, bears ${plural(tolerates, "failure")} in a row` : ""}.{" "}
          </>
        )}
        {check.enabled && nextAt ? (
          <>
            {kind === "heartbeat" ? "Expected " : "Next "}
            <TimeUntil time={nextAt} />.{" "}
          </>
        ) : null}
        Made by {by}.
      </p>
      {results.length === 0 ? (
        <p className="text-12 text-muted-foreground">
          {kind === "heartbeat" ? "It was never called." : "It has not run yet."}
        </p>
      ) : (
        <Results results={results} />
      )}
    </div>
  );
}

/** The address with what comes behind it, and a line to put at the end of a job. */
function Heartbeat({ url }: { url: string | null }) {
  if (url === null)
    return (
      <p className="text-12 text-muted-foreground">
        Who may configure this server sees the address that its job calls.
      </p>
    );
  return (
    <div className="grid gap-2">
      <p className="flex min-w-0 items-center gap-1 text-12">
        <code className="min-w-0 truncate font-mono" title={url}>
          {url}
        </code>
        <CopyButton text={url} label="Copy address" className="max-sm:size-11" />
      </p>
      <CommandLine command={`curl -fsS -m 10 --retry 3 ${url}`} className="max-w-[720px]" />
      <p className="text-12 text-pretty text-muted-foreground">
        At the end of the job, after <code className="font-mono">&amp;&amp;</code>. With{" "}
        <code className="font-mono">/start</code> behind it when the job begins, with{" "}
        <code className="font-mono">/fail</code> when it has failed. Whoever knows the address can call it.
      </p>
    </div>
  );
}

function Results({ results }: { results: readonly CheckResult[] }) {
  const now = useNow();
  const newest = [...results].reverse().slice(0, 12);
  return (
    <ol aria-label="Last results" className="grid gap-0.5 text-12">
      {newest.map(({ at, state, latency, message }) => (
        <li
          key={at}
          className="grid grid-cols-[120px_44px_56px_minmax(0,1fr)] gap-x-3 max-sm:grid-cols-[auto_auto_1fr] max-sm:pb-1.5"
        >
          <time dateTime={at} title={formatExact(at)} className="num text-muted-foreground">
            {now - Date.parse(at) < 43_200_000 ? formatClock(at) : formatDay(at)}
          </time>
          <span className={TONE[state]}>{WORD[state]}</span>
          <span className="num text-muted-foreground sm:text-right">
            {latency === null ? "" : latencyWords(latency)}
          </span>
          <span className={cn("min-w-0 [overflow-wrap:anywhere] max-sm:col-span-3", TONE[state])}>
            {message ? <LiteralWords text={message} /> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
