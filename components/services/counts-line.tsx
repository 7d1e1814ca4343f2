import { Fragment } from "react";
import { cn } from "#lib/format/cn.ts";
import type { Count } from "./board-columns.ts";

const TONE = { plain: "", warn: "font-medium text-warn", fail: "font-medium text-fail" };

/** `6 running, 1 failed`: colour only where something differs from normal. */
export function CountsLine({ counts }: { counts: readonly Count[] }) {
  return counts.map(({ count, word, tone }, index) => (
    <Fragment key={word}>
      {index > 0 ? ", " : null}
      <span className={cn(TONE[tone])}>
        {count} {word}
      </span>
    </Fragment>
  ));
}
