import { CircleX, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";

const LOOK = {
  plain: { icon: Info, box: "border-border bg-muted", ink: "text-muted-foreground" },
  warn: {
    icon: TriangleAlert,
    box: "border-[color-mix(in_oklch,var(--warn)_36%,transparent)] bg-warn-wash",
    ink: "text-warn",
  },
  fail: {
    icon: CircleX,
    box: "border-[color-mix(in_oklch,var(--fail)_36%,transparent)] bg-fail-wash",
    ink: "text-fail",
  },
};

export interface NoteProps {
  tone?: keyof typeof LOOK;
  /** the tone's own when left out */
  icon?: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  /** says itself to a screen reader when it appears */
  alert?: boolean;
  className?: string;
}

/** What must be known before going on: in a word, and why or what next. */
export function Note({ tone = "plain", icon, title, children, alert, className }: NoteProps) {
  const { icon: usual, box, ink } = LOOK[tone];
  const Icon = icon ?? usual;
  return (
    <div
      role={alert ? "alert" : undefined}
      className={cn("flex gap-2.5 rounded-control border px-3 py-[9px] text-12 leading-[18px]", box, className)}
    >
      <Icon aria-hidden="true" className={cn("icon mt-px", ink)} />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <b className="block text-13 font-medium">{title}</b>
        {children ? <div className="text-muted-foreground empty:hidden">{children}</div> : null}
      </div>
    </div>
  );
}
