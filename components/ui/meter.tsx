import { cn } from "#lib/format/cn.ts";

export interface MeterProps {
  /** what is measured: `Memory against limit` */
  label: string;
  used: number;
  /** null: no limit is set, the track is dotted */
  limit: number | null;
  /** of what an unlimited value is a part (the host's memory), for the length of its fill */
  outOf?: number | null;
  className?: string;
}

/** 4 px; a tick at 80 %, amber from 80, red from 90. Its numbers stand beside it as text. */
export function Meter({ label, used, limit, outOf = null, className }: MeterProps) {
  const whole = limit ?? outOf;
  const share = whole !== null && whole > 0 ? Math.min(100, (used / whole) * 100) : 0;
  const drawn = share < 2 && used > 0 ? 2 : share;
  if (limit === null) {
    return (
      <span
        aria-hidden="true"
        title="No limit set"
        className={cn(
          "relative block h-1 overflow-hidden bg-[repeating-linear-gradient(90deg,var(--track)_0_2px,transparent_2px_5px)]",
          className,
        )}
      >
        <Fill percent={drawn} className="fill-fill" />
      </span>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot be drawn this way in every browser
    <span
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share)}
      className={cn(
        "relative block h-1 overflow-hidden rounded-[2px] bg-track after:absolute after:inset-y-0 after:left-[80%] after:w-px after:bg-card",
        className,
      )}
    >
      <Fill percent={drawn} className={share >= 90 ? "fill-fail" : share >= 80 ? "fill-warn-fill" : "fill-fill"} />
    </span>
  );
}

/** A length as an attribute: the page's policy allows no style attribute in what the server renders. */
function Fill({ percent, className }: { percent: number; className: string }) {
  return (
    <svg aria-hidden="true" className="absolute inset-0 size-full">
      <rect width={`${percent}%`} height="100%" className={className} />
    </svg>
  );
}
