import { cn } from "#lib/format/cn.ts";

const ARCS = [
  { helm: "systemd", path: "M7.25 7.42A6.6 6.6 0 0 1 16.75 7.42M12 3.8L12 1.1" },
  { helm: "pm2", path: "M18.34 10.18A6.6 6.6 0 0 1 13.6 18.4M19.1 16.1L21.44 17.45" },
  { helm: "docker", path: "M10.4 18.4A6.6 6.6 0 0 1 5.66 10.18M4.9 16.1L2.56 17.45" },
] as const;

export type Arc = (typeof ARCS)[number]["helm"];

/** The mark: an arc per supervisor, clockwise from the top. An arc breaks when that connection is lost. */
export function Mark({ size, lost = [], className }: { size: number; lost?: readonly Arc[]; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      strokeWidth="2.6"
      strokeLinecap="round"
      className={cn("block flex-none", className)}
    >
      {ARCS.map(({ helm, path }) =>
        lost.includes(helm) ? (
          <path key={helm} d={path} stroke="var(--border-strong)" strokeDasharray="1.2 3.2" strokeWidth="1.8" />
        ) : (
          <path key={helm} d={path} stroke={`var(--helm-${helm})`} />
        ),
      )}
      <circle cx="12" cy="12" r="1.7" fill="currentColor" />
    </svg>
  );
}
