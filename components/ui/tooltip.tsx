"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

/** A few words over an element, on hover and on focus. The element must be able to take focus. */
export function Tooltip({ text, children, delay = 400 }: { text: ReactNode; children: ReactElement; delay?: number }) {
  return (
    <Base.Root>
      <Base.Trigger render={children as ReactElement<Record<string, unknown>>} delay={delay} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} collisionPadding={8} className="z-60">
          <Base.Popup className="max-w-80 animate-enter rounded-control bg-foreground px-2 py-1 text-12 text-background">
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
