import { HeartPulse, Lock } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { MARK_WORD, type Mark, StateMark } from "./state-mark.tsx";

const TONE = {
  plain: "bg-muted text-muted-foreground",
  ok: "bg-ok-wash text-ok",
  // amber on its own wash is too faint to read on paper: a little ink goes into it
  warn: "bg-warn-wash text-[color-mix(in_oklab,var(--warn)_94%,var(--foreground))]",
  fail: "bg-fail-wash text-fail",
  human: "bg-foreground text-background",
};

export interface PillProps {
  tone?: keyof typeof TONE;
  icon?: ReactNode;
  small?: boolean;
  children: ReactNode;
}

/** A state in the head of a page. Rows use the bare mark. */
export function Pill({ tone = "plain", icon, small, children }: PillProps) {
  return (
    <span
      className={cn(
        "inline-flex flex-none items-center rounded-full font-medium whitespace-nowrap [&>svg]:flex-none [&>svg]:stroke-2",
        small
          ? "h-[18px] gap-1 px-1.5 text-11 [&>svg]:size-3"
          : "h-[22px] gap-1.5 pr-2 pl-[7px] text-12 [&>svg]:size-[13px]",
        TONE[tone],
      )}
    >
      {icon}
      {children}
    </span>
  );
}

const MARK_PILL: Partial<Record<Mark, keyof typeof TONE>> = {
  running: "ok",
  unhealthy: "warn",
  overdue: "warn",
  failed: "fail",
  restarting: "fail",
  human: "human",
};

/** The pill of a state mark; `word` where the service says it better (`Exited (0)`). */
export function StatePill({ mark, word }: { mark: Mark; word?: string }) {
  return (
    <Pill
      tone={MARK_PILL[mark] ?? "plain"}
      icon={<StateMark mark={mark} word="" className={cn(mark === "human" && "text-background")} />}
    >
      {word ?? (mark === "restarting" ? "Restarting" : MARK_WORD[mark])}
    </Pill>
  );
}

export function HealthyPill() {
  return (
    <Pill tone="ok" icon={<HeartPulse aria-hidden="true" />}>
      Healthy
    </Pill>
  );
}

export function ProtectedPill() {
  return <Pill icon={<Lock aria-hidden="true" />}>Protected</Pill>;
}
