import { cn } from "#lib/format/cn.ts";

export interface ProgressProps {
  /** what goes on: `Backing up wa-session` */
  label: string;
  /** 0 to 1; null while it cannot be told */
  share: number | null;
  large?: boolean;
  className?: string;
}

/** How far something is. Its numbers stand beside it as text. */
export function Progress({ label, share, large, className }: ProgressProps) {
  const percent = share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent === null ? undefined : Math.round(percent)}
      className={cn(
        "relative block w-full overflow-hidden bg-track",
        large ? "h-1.5 rounded-[3px]" : "h-1 rounded-[2px]",
        className,
      )}
    >
      <svg aria-hidden="true" className="absolute inset-0 size-full">
        <rect
          width={`${percent ?? 12}%`}
          height="100%"
          className={cn("fill-foreground", percent === null && "animate-skeleton")}
        />
      </svg>
    </span>
  );
}
