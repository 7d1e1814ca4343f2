import { cn } from "#lib/format/cn.ts";

export interface SparklineProps {
  /** oldest first */
  values: readonly number[];
  width?: number;
  height?: number;
  /** the value at the upper edge: a fixed scale tells quiet from busy. Left out: the largest value */
  max?: number;
  /** in the host strip only */
  area?: boolean;
  tone?: "plain" | "fail";
  className?: string;
}

/** The last hour as one line, its last point marked. It always stands beside its number, so it has no text of its own. */
export function Sparkline({ values, width = 46, height = 16, max, area, tone = "plain", className }: SparklineProps) {
  if (values.length < 2)
    return <svg aria-hidden="true" width={width} height={height} className={cn("block", className)} />;
  const top = Math.max(max ?? Math.max(...values), Number.EPSILON);
  const step = (width - 4) / (values.length - 1);
  const points = values.map((value, index) => {
    const share = Math.min(1, Math.max(0, value / top));
    return [round(1 + index * step), round(height - 2 - share * (height - 4))] as const;
  });
  const line = `M${points.map((point) => point.join(" ")).join("L")}`;
  const [x, y] = points.at(-1)!;
  return (
    <svg
      aria-hidden="true"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className={cn("block overflow-visible", className)}
    >
      {area ? <path d={`${line}L${x} ${height}L1 ${height}Z`} className="fill-trace opacity-[.12]" /> : null}
      <path
        d={line}
        fill="none"
        strokeWidth="1.25"
        strokeLinejoin="round"
        strokeLinecap="round"
        className={tone === "fail" ? "stroke-fail" : "stroke-trace"}
      />
      <circle cx={x} cy={y} r="1.5" className="fill-foreground" />
    </svg>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
