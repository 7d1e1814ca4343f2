"use client";

import { useEffect, useRef } from "react";
import type { Check, CheckResult } from "#lib/checks/shapes.ts";
import { useReading } from "@/components/shell/use-reading.ts";

/** The last results of a check, oldest first, read again when there is another one; null until they are known. */
export function useResults({ id, checkedAt }: Check): readonly CheckResult[] | null {
  const { data, problem, reload } = useReading<{ items: CheckResult[] }>(
    `/checks/${encodeURIComponent(id)}/results?limit=30`,
  );
  const known = useRef(checkedAt);
  useEffect(() => {
    if (known.current === checkedAt) return;
    known.current = checkedAt;
    reload();
  });
  if (data) return [...data.items].reverse();
  return problem ? [] : null;
}
