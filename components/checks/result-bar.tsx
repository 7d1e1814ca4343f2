import type { CheckResult } from "#lib/checks/shapes.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { latencyWords, resultWords } from "./check-words.ts";

const SLOTS = 30;
const HEIGHT = 16;
const LOOK = {
  up: { fill: "fill-border-strong", height: 10, word: "up" },
  down: { fill: "fill-fail", height: HEIGHT, word: "down" },
  late: { fill: "fill-warn-fill", height: HEIGHT, word: "late" },
  started: { fill: "fill-track", height: 4, word: "began" },
};

/** The last results, a bar each, the newest at the right: what is not well stands out by its height too. */
export function ResultBar({ name, results }: { name: string; results: readonly CheckResult[] }) {
  const shown = results.slice(-SLOTS);
  const free = SLOTS - shown.length;
  return (
    <svg
      role="img"
      aria-label={`Last results of ${name}: ${resultWords(shown)}`}
      height={HEIGHT}
      className="block w-full"
    >
      {Array.from({ length: SLOTS }, (_, index) => {
        const result = shown[index - free];
        const { fill, height, word } = result ? LOOK[result.state] : { fill: "fill-track", height: 3, word: "" };
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a slot is its place
            key={index}
            x={`${(index / SLOTS) * 100}%`}
            y={HEIGHT - height}
            width={`${100 / SLOTS - 0.9}%`}
            height={height}
            rx={1}
            className={fill}
          >
            {result ? (
              <title>
                {`${formatExact(result.at)}: ${word}${result.latency === null ? "" : `, ${latencyWords(result.latency)}`}`}
              </title>
            ) : null}
          </rect>
        );
      })}
    </svg>
  );
}
