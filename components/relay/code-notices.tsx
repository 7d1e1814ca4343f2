"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useServices } from "@/components/shell/live.ts";
import { relayHref } from "@/components/shell/places.ts";
import { say } from "@/components/shell/toast.tsx";
import { waitsForScan } from "../services/row-model.ts";
import { KIND_WORD } from "./relay-words.ts";

/** Says when a service begins to wait for a scan, wherever one is in the panel; the overview keeps it under "Needs you". */
export function CodeNotices() {
  const services = useServices();
  const router = useRouter();
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    const waiting = services.filter(waitsForScan);
    const before = known.current;
    known.current = new Set(waiting.map(({ id }) => id));
    // what waited before the page came is seen where it stands
    if (before === null) return;
    for (const { id, name, code } of waiting) {
      if (before.has(id) || code === null) continue;
      say({
        tone: "plain",
        title: `${name} waits for a scan`,
        text: `${KIND_WORD[code.kind]} in its log.`,
        action: { label: "Show QR", run: () => router.push(relayHref(id, { show: true })) },
        id: `code ${id}`,
      });
    }
  }, [services, router]);
  return null;
}
