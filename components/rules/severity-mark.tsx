import { CircleX, Info, TriangleAlert } from "lucide-react";
import type { Severity } from "#lib/alerts/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { SEVERITY_OPTIONS } from "./rule-kinds.ts";

const LOOK = {
  info: { icon: Info, tone: "text-muted-foreground" },
  warning: { icon: TriangleAlert, tone: "text-warn" },
  critical: { icon: CircleX, tone: "text-fail" },
};

/** How grave what a rule tells is; dimmed where it tells nothing now. */
export function SeverityMark({ severity, off }: { severity: Severity; off?: boolean }) {
  const { icon: Icon, tone } = LOOK[severity];
  const word = SEVERITY_OPTIONS.find(({ value }) => value === severity)!.label;
  return (
    <span title={word} className={cn("inline-flex flex-none", off ? "text-subtle-foreground" : tone)}>
      <Icon aria-hidden="true" className="icon" />
      <span className="sr-only">{word}</span>
    </span>
  );
}
