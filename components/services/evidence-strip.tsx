import { cn } from "#lib/format/cn.ts";
import type { Need } from "#lib/services/service.ts";
import { useNow } from "@/components/ui/clock.ts";
import { type Evidence, evidenceOf, WIDTH } from "./evidence.ts";

const HEIGHT = 20;

interface EvidenceStripProps {
  need: Need;
  /** seconds between two of its codes, as far as that is known */
  every: number | null;
  className?: string;
}

/** The shape of a problem's recent past in 160 × 20, with the same in words. */
export function EvidenceStrip({ need, every, className }: EvidenceStripProps) {
  const evidence = evidenceOf(need, useNow(), every);
  return (
    <svg
      role="img"
      aria-label={evidence.text}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={cn("block", className)}
    >
      <title>{evidence.text}</title>
      {evidence.kind === "checks" ? (
        <Checks checks={evidence.checks} />
      ) : evidence.kind === "codes" ? (
        <Codes count={evidence.codes} />
      ) : (
        <Line evidence={evidence} />
      )}
    </svg>
  );
}

function Line({ evidence: { run, dead, ticks, crosses } }: { evidence: Evidence }) {
  return (
    <g fill="none" strokeWidth="1.5" strokeLinecap="round">
      <path className="stroke-fill" d={run.map(([from, to]) => `M${from} 10H${to}`).join("")} />
      <path
        className="stroke-border-strong"
        strokeDasharray="1 4"
        d={dead.map(([from, to]) => `M${from} 10H${to}`).join("")}
      />
      <path
        className="stroke-fail"
        d={ticks.map((x) => `M${x} 4v12`).join("") + crosses.map((x) => `M${x - 3} 7l6 6m0-6l-6 6`).join("")}
      />
    </g>
  );
}

/** One block a code; the one that can be scanned now is lit. */
function Codes({ count }: { count: number }) {
  return Array.from({ length: count }, (_, index) => (
    <rect
      // biome-ignore lint/suspicious/noArrayIndexKey: a code is its place
      key={index}
      x={2 + index * 20}
      y="5"
      width={index === count - 1 ? 10 : 17}
      height="10"
      rx="1.5"
      className={index === count - 1 ? "fill-foreground" : "fill-border-strong"}
    />
  ));
}

function Checks({ checks }: { checks: readonly boolean[] }) {
  const step = (WIDTH - 4) / checks.length;
  return checks.map((bad, index) => (
    <rect
      // biome-ignore lint/suspicious/noArrayIndexKey: a stretch of time is its place
      key={index}
      x={2 + index * step}
      y={bad ? 3 : 6}
      width={step - 3}
      height={bad ? 14 : 8}
      rx="1"
      className={bad ? "fill-fail" : "fill-border-strong"}
    />
  ));
}
