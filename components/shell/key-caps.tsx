"use client";

import { useSyncExternalStore } from "react";
import { Kbd } from "@/components/ui/kbd.tsx";
import { isMac, writeKey } from "./key-press.ts";

/** A key as this platform writes it. */
export function KeyCaps({ name }: { name: string }) {
  const mac = useSyncExternalStore(never, isMac, () => false);
  const caps = writeKey(name, mac);
  return (
    <>
      {caps.map((cap) => (
        <Kbd key={cap}>{cap}</Kbd>
      ))}
    </>
  );
}

function never() {
  return () => undefined;
}
