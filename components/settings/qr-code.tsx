"use client";

import { useEffect, useState } from "react";

// modules that must stay light around it, or a camera does not find it
const QUIET = 4;

/** A QR code, dark on white in both themes: a camera does not know of themes. The text stands beside it for whoever has none. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState<{ size: number; path: string } | null>(null);
  useEffect(() => {
    let current = true;
    const draw = async () => {
      const { default: encode } = await import("qr");
      const rows = encode(text, "raw", { ecc: "medium", border: QUIET });
      const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
      if (current) setDrawn({ size: rows.length, path: path.join("") });
    };
    void draw();
    return () => {
      current = false;
    };
  }, [text]);
  return (
    <div className="size-[200px] flex-none overflow-hidden rounded-panel border border-border bg-white">
      {drawn ? (
        <svg role="img" aria-label={label} viewBox={`0 0 ${drawn.size} ${drawn.size}`} shapeRendering="crispEdges">
          <path d={drawn.path} fill="#000" />
        </svg>
      ) : null}
    </div>
  );
}
