"use client";

import { ScrollText } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import { formatClock, formatExact } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import type { Cause } from "#lib/services/causes/shapes.ts";
import { logAtHref, serviceHref } from "@/components/shell/places.ts";
import { buttonStyle } from "@/components/ui/button.tsx";
import { CommandLine } from "@/components/ui/command-line.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { endedWords, ranWords } from "./cause-words.ts";
import { LiteralWords } from "./literal-words.tsx";
import { ServiceRef } from "./service-ref.tsx";

/** Lines that are shown before anybody asks for more. */
const FEW = 6;

interface CauseCardProps {
  service: string;
  cause: Cause;
  /** a surface of its own; false: it stands on one */
  framed?: boolean;
  className?: string;
}

/** Why a service ended: how, an explanation where its signs are known, what came before, and its last lines. */
export function CauseCard({ service, cause, framed = false, className }: CauseCardProps) {
  return (
    <section
      aria-label="Why it ended"
      className={cn("min-w-0", framed && "rounded-panel border border-border bg-card px-4 py-3", className)}
    >
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <h3 className="text-14 font-semibold [overflow-wrap:anywhere]">
            <span className="mr-1.5 text-fail">{endedWords(cause)}</span>
            {cause.explanation ? <LiteralWords text={cause.explanation.title} /> : null}
          </h3>
          <p className="mt-0.5 text-muted-foreground">
            <TimeAgo time={cause.at} ago focusable />
            {ranWords(cause)}.
          </p>
        </div>
        <Link
          href={logAtHref(service, cause.at)}
          prefetch={false}
          className={buttonStyle({ size: "sm", className: "max-sm:h-11" })}
        >
          <ScrollText aria-hidden="true" />
          Log at that time
        </Link>
      </div>
      <CauseReasons cause={cause} className="mt-2" />
      {cause.lines.length > 0 ? <LastLines cause={cause} /> : null}
    </section>
  );
}

/** What is known of why, what can be done or looked at next, and what came before it. */
export function CauseReasons({ cause, className }: { cause: Cause; className?: string }) {
  const { explanation, before } = cause;
  return (
    <div
      className={cn(
        "grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-3",
        before.length > 0 && "xl:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)]",
        className,
      )}
    >
      <div className="grid content-start gap-2">
        {explanation ? (
          <Explanation explanation={explanation} />
        ) : (
          <p className="text-muted-foreground">
            No known sign in how it ended or in its last lines.{" "}
            {before.length > 0 ? "What came before it is all that is known." : "Nothing else was seen before it."}
          </p>
        )}
      </div>
      {before.length > 0 ? <Before before={before} /> : null}
    </div>
  );
}

function Explanation({ explanation }: { explanation: NonNullable<Cause["explanation"]> }) {
  const { words, related, next, command } = explanation;
  return (
    <>
      <p className="max-w-[84ch] text-pretty [overflow-wrap:anywhere]">
        <LiteralWords text={words} />
        {related ? (
          <>
            {" "}
            <ServiceRef id={related} className="align-bottom" />
          </>
        ) : null}
      </p>
      {next ? (
        <p className="max-w-[84ch] text-pretty text-muted-foreground [overflow-wrap:anywhere]">
          <LiteralWords text={next} />
        </p>
      ) : null}
      {command ? <CommandLine command={command} className="max-w-[640px] min-w-0" /> : null}
    </>
  );
}

function Before({ before }: Pick<Cause, "before">) {
  return (
    <Part title="Before it">
      <ol className="grid gap-0.5">
        {before.map(({ at, service, words }) => (
          <li key={`${at} ${service} ${words}`} className="flex min-w-0 items-baseline gap-2.5">
            <time
              dateTime={at}
              title={formatExact(at)}
              className="num flex-none font-mono text-12 text-muted-foreground"
            >
              {formatClock(at)}
            </time>
            {service === null ? (
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <LiteralWords text={words} />
              </span>
            ) : (
              <Link
                href={serviceHref(service)}
                prefetch={false}
                className="min-w-0 [overflow-wrap:anywhere] underline-offset-3 hover:underline"
              >
                <LiteralWords text={words} />
              </Link>
            )}
          </li>
        ))}
      </ol>
    </Part>
  );
}

/** As they were printed; the line that told the cause is marked. */
export function LastLines({ cause: { lines, explanation } }: { cause: Cause }) {
  const [all, setAll] = useState(false);
  const evidence = explanation?.evidence ?? null;
  const told = evidence === null ? -1 : lines.findLastIndex(({ text }) => text.includes(evidence));
  // what told it is always among those that are seen at once
  const from = all ? 0 : Math.max(0, Math.min(lines.length - FEW, told < 0 ? lines.length : told));
  return (
    <Part title="Last lines" className="mt-3">
      {from > 0 ? (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="mb-1 text-12 text-muted-foreground underline-offset-3 hover:text-foreground hover:underline max-sm:min-h-11"
        >
          {plural(from, "earlier line")}
        </button>
      ) : null}
      <ol className="overflow-x-auto rounded-control border border-border bg-inset py-1.5 font-mono text-12 leading-5">
        {lines.slice(from).map(({ time, text }, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
            key={from + index}
            className={cn("flex gap-3 px-3", from + index === told && "bg-fail-wash")}
          >
            {time === null ? null : (
              <time
                dateTime={time}
                title={formatExact(time)}
                className="flex-none text-subtle-foreground max-sm:hidden"
              >
                {formatClock(time)}
              </time>
            )}
            <bdi className="min-w-0 break-words whitespace-pre-wrap [overflow-wrap:anywhere]">{visible(text)}</bdi>
            {from + index === told ? <span className="sr-only">: this line told it</span> : null}
          </li>
        ))}
      </ol>
    </Part>
  );
}

function Part({ title, className, children }: { title: string; className?: string; children: ReactNode }) {
  return (
    <div className={className}>
      <h4 className="mb-1 text-12 font-medium text-muted-foreground">{title}</h4>
      {children}
    </div>
  );
}
