"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import type { Jumps } from "./use-jumps.ts";

/** From restart to restart: which one it is, and the way to its neighbours. */
export function JumpButtons({ jumps }: { jumps: Jumps }) {
  if (jumps.count === 0) return null;
  return (
    <span className="inline-flex items-center gap-1">
      Restarts
      <b className="num ml-1 mr-1 font-medium text-foreground">
        {jumps.place === null ? jumps.count : `${jumps.place} of ${jumps.count}`}
      </b>
      <IconButton look="small" label="Previous restart" onClick={jumps.previous}>
        <ChevronLeft aria-hidden="true" />
      </IconButton>
      <Kbd>[</Kbd>
      <IconButton look="small" label="Next restart" onClick={jumps.next}>
        <ChevronRight aria-hidden="true" />
      </IconButton>
      <Kbd>]</Kbd>
    </span>
  );
}
