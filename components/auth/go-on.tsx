"use client";

import { useEffect } from "react";
import { Mark } from "@/components/shell/mark.tsx";

/**
 * The last step of signing in elsewhere. The session's cookie is kept back while the browser comes from another site; a
 * step from this page of our own brings it along.
 */
export function GoOn({ next }: { next: string }) {
  useEffect(() => location.replace(next), [next]);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-5">
      <div className="grid w-full max-w-[352px] gap-1 pb-8">
        <Mark size={40} className="mb-3.5" />
        <h1 className="text-26 font-semibold tracking-[-.02em]">Signed in</h1>
        <p className="text-muted-foreground">
          {/* a full load, not a step inside the app: its first answer is what brings the cookie */}
          <a href={next} className="textlink">
            Go on to Trihelm
          </a>
        </p>
      </div>
    </main>
  );
}
