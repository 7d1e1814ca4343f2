"use client";

import { useEffect, useState } from "react";
import type { RestorePlan } from "#lib/backups/shapes.ts";
import { ApiProblem, call } from "@/components/shell/api-client.ts";

const TYPING = 250;

interface Planned {
  plan: RestorePlan | null;
  problem: ApiProblem | null;
}

/** What a restore would do: in place, or into a volume of this name; asked a moment after the name stands. Null name: not asked. */
export function useRestorePlan(backup: string, inPlace: boolean, name: string | null): Planned {
  const [planned, setPlanned] = useState<Planned & { of: string }>({ plan: null, problem: null, of: "" });
  const query = inPlace ? "inPlace=1" : name === null ? null : `volume=${encodeURIComponent(name)}`;
  useEffect(() => {
    if (query === null) return;
    let left = false;
    const timer = setTimeout(async () => {
      try {
        const plan = await call<RestorePlan>("GET", `/backups/${encodeURIComponent(backup)}/restore-plan?${query}`);
        if (!left) setPlanned({ plan, problem: null, of: query });
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (!left) setPlanned({ plan: null, problem: error, of: query });
      }
    }, TYPING);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [backup, query]);
  // the plan of a new volume goes on standing while its name is being typed
  const same = planned.of === "inPlace=1" ? inPlace : !inPlace && planned.of !== "";
  return same ? planned : { plan: null, problem: null };
}
