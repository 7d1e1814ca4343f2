"use client";

import { ZoomOut } from "lucide-react";
import { memo, type PointerEvent, type RefObject, useImperativeHandle, useMemo, useRef, useState } from "react";
import { plural } from "#lib/format/plural.ts";
import { Button } from "@/components/ui/button.tsx";
import { formatExactCount } from "./count-words.ts";
import { type Bar, blocksOf, formatStep, zoomTo } from "./histogram.ts";
import { JumpButtons } from "./jump-buttons.tsx";
import { formatTick, type TimeStyle } from "./log-time.ts";
import type { LogRange } from "./log-view.ts";
import { MARKER_WORD } from "./marker-words.ts";
import type { SourceLook } from "./source-shades.ts";
import type { Histo, LogJump } from "./use-histogram.ts";
import type { Jumps } from "./use-jumps.ts";

export interface HistogramHandle {
  /** times of the first and the last line that can be seen, in milliseconds */
  mark: (from: number, to: number) => void;
}

export interface HistogramStripProps {
  histo: Histo | null;
  times: TimeStyle;
  zoomed: boolean;
  onZoom: (range: LogRange) => void;
  onZoomOut: () => void;
  handle: RefObject<HistogramHandle | null>;
  looks: ReadonlyMap<string, SourceLook>;
  jumps: Jumps;
}

const WIDTH = 1200;
const ROOM = 52;
const FILL = { info: "fill-border-strong", warn: "fill-warn-fill", error: "fill-fail" };
const KEY = [
  ["error", "bg-fail"],
  ["warn", "bg-warn-fill"],
  ["info", "bg-border-strong"],
] as const;

/** When how much was said, and which part of it is on the screen. Dragging over it shows that part alone. */
export function HistogramStrip(props: HistogramStripProps) {
  const { histo, times, zoomed, onZoom, onZoomOut, handle, looks, jumps } = props;
  const [seen, setSeen] = useState<{ from: number; to: number } | null>(null);
  useImperativeHandle(handle, () => ({ mark: (from, to) => setSeen({ from, to }) }), []);
  const drag = useDrag(histo, onZoom);
  const total = histo?.bars.reduce((sum, bar) => sum + bar.total, 0) ?? 0;
  return (
    <div className="flex-none border-b border-border bg-background px-4 pt-1.5 pb-[5px] max-sm:hidden">
      <div className="flex h-6 items-center gap-4 text-11 text-muted-foreground">
        <span className="num">
          {histo
            ? `${formatExactCount(total)} ${plural(total, "line").split(" ")[1]}, ${formatStep(histo.step)} a bar`
            : "Counting lines"}
        </span>
        <span aria-hidden="true" className="inline-flex items-center gap-2.5">
          {KEY.map(([name, color]) => (
            <span key={name} className="inline-flex items-center gap-[5px]">
              <i className={`size-2 rounded-[1px] ${color}`} />
              {name}
            </span>
          ))}
        </span>
        <span className="flex-1" />
        {zoomed ? (
          <Button
            variant="ghost"
            size="sm"
            icon={<ZoomOut aria-hidden="true" />}
            onClick={onZoomOut}
            className="h-[22px]"
          >
            Zoom out
          </Button>
        ) : null}
        <JumpButtons jumps={jumps} />
      </div>
      <svg
        viewBox={`0 0 ${WIDTH} 66`}
        preserveAspectRatio="none"
        role="img"
        aria-label={histo ? `${formatExactCount(total)} lines over time` : "Lines over time, not counted yet"}
        className="block h-[66px] w-full cursor-crosshair touch-none"
        {...drag.handlers}
      >
        {histo ? <Bars bars={histo.bars} /> : null}
        {histo ? <Flags histo={histo} looks={looks} onJump={jumps.to} /> : null}
        {histo && seen && !drag.over ? <Brush {...placeOf(histo, seen.from, seen.to)} /> : null}
        {histo && drag.over ? <Brush {...overBars(histo.bars.length, drag.over)} /> : null}
      </svg>
      <Axis histo={histo} times={times} />
    </div>
  );
}

const Bars = memo(function Bars({ bars }: { bars: readonly Bar[] }) {
  const most = Math.max(...bars.map((bar) => bar.total));
  const slot = WIDTH / bars.length;
  return (
    <g transform="translate(0 10)">
      {bars.map((bar, n) =>
        blocksOf(bar, most, ROOM).map(({ kind, top, height }) => (
          <rect
            key={`${bar.at} ${kind}`}
            className={FILL[kind]}
            x={n * slot}
            y={top}
            width={slot * 0.79}
            height={height}
          />
        )),
      )}
    </g>
  );
});

interface FlagsProps {
  histo: Histo;
  looks: ReadonlyMap<string, SourceLook>;
  onJump: (jump: LogJump) => void;
}

/** Where services ended or began anew, in their colours. Those who cannot press them have the buttons above. */
function Flags({ histo, looks, onJump }: FlagsProps) {
  const slot = WIDTH / histo.bars.length;
  return histo.jumps.map((jump) => {
    const look = looks.get(jump.service);
    const bar = Math.floor((Date.parse(jump.time) - histo.from) / (histo.step * 1000));
    const x = Math.max(0, Math.min(histo.bars.length - 1, bar)) * slot;
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer
      <path
        key={`${jump.service} ${jump.time} ${jump.kind}`}
        data-helm={look?.helm}
        data-shade={look?.shade}
        d={`M${x} 0h${slot * 0.79}l${slot * -0.395} 5z`}
        className="cursor-pointer fill-helm"
        onPointerDown={(event) => event.stopPropagation()}
        onClick={() => onJump(jump)}
      >
        <title>{`${look?.name ?? jump.service} ${MARKER_WORD[jump.kind]}`}</title>
      </path>
    );
  });
}

function Brush({ x, width }: { x: number; width: number }) {
  return (
    <rect
      x={x}
      y={8}
      width={width}
      height={56}
      rx={2}
      className="fill-human-wash stroke-foreground [vector-effect:non-scaling-stroke]"
    />
  );
}

function Axis({ histo, times }: { histo: Histo | null; times: TimeStyle }) {
  const ticks = useMemo(() => {
    if (!histo) return [];
    const span = histo.to - histo.from;
    return Array.from({ length: 7 }, (_, n) => formatTick(histo.from + (span * n) / 6, span, times));
  }, [histo, times]);
  return (
    <div
      aria-hidden="true"
      className="num flex h-[18px] items-end justify-between text-11 leading-4 text-subtle-foreground"
    >
      {ticks.map((tick, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a tick is its place
        <span key={n}>{tick}</span>
      ))}
    </div>
  );
}

function placeOf({ from, to }: Histo, first: number, last: number): { x: number; width: number } {
  const scale = WIDTH / Math.max(1, to - from);
  const x = Math.min(WIDTH - 8, Math.max(0, (first - from) * scale));
  const end = Math.min(WIDTH, Math.max(0, (last - from) * scale));
  return { x: Math.max(0.5, x), width: Math.max(8, end - x - 0.5) };
}

function overBars(count: number, [one, other]: readonly [number, number]): { x: number; width: number } {
  const slot = WIDTH / count;
  return { x: Math.min(one, other) * slot, width: (Math.abs(one - other) + 1) * slot };
}

function useDrag(histo: Histo | null, onZoom: (range: LogRange) => void) {
  const [over, setOver] = useState<readonly [number, number] | null>(null);
  const from = useRef<number | null>(null);
  const barAt = (event: PointerEvent<SVGSVGElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const count = histo?.bars.length ?? 1;
    return Math.max(0, Math.min(count - 1, Math.floor(((event.clientX - left) / width) * count)));
  };
  const end = () => {
    from.current = null;
    setOver(null);
  };
  return {
    over,
    handlers: {
      onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
        if (!histo || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = barAt(event);
        setOver([from.current, from.current]);
      },
      onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
        if (from.current !== null) setOver([from.current, barAt(event)]);
      },
      onPointerUp: () => {
        const range = histo && over ? zoomTo(histo.bars, histo.step, over[0], over[1]) : null;
        end();
        if (range) onZoom(range);
      },
      onPointerCancel: end,
    },
  };
}
