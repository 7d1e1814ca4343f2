"use client";

import { useCallback, useEffect, useState } from "react";
import type { Boot, LogSourceEntry, NewLogSource } from "#lib/logs/source-shapes.ts";
import { ApiProblem, readProblem } from "@/components/shell/api-client.ts";

const PATH = "/api/v1/log-sources";

export interface LogSources {
  entries: readonly LogSourceEntry[];
  /** Throws `ApiProblem`. */
  attach: (source: NewLogSource) => Promise<void>;
  /** Throws `ApiProblem`. */
  remove: (id: string) => Promise<void>;
}

/** The sources that are no services. Where they cannot be listed there are none. */
export function useLogSources(first: readonly LogSourceEntry[]): LogSources {
  const [entries, setEntries] = useState(first);
  const load = useCallback(async () => {
    const read = await ask<{ items: LogSourceEntry[] }>(PATH);
    setEntries(read.items);
  }, []);
  return {
    entries,
    attach: useCallback(
      async (source) => {
        await ask(PATH, { method: "POST", body: JSON.stringify(source) });
        await load();
      },
      [load],
    ),
    remove: useCallback(
      async (id) => {
        await ask(`${PATH}/${id.split("/").at(-1)}`, { method: "DELETE" });
        await load();
      },
      [load],
    ),
  };
}

/** The files that belong to a service and can be read; none until they are known, and where they cannot be listed. */
export function useAttached(service: string): readonly LogSourceEntry[] {
  const [entries, setEntries] = useState(NONE);
  useEffect(() => {
    let here = true;
    const take = ({ items }: { items: LogSourceEntry[] }) => {
      const own = items.filter((entry) => entry.service === service && entry.problem === null);
      if (here && own.length > 0) setEntries(own);
    };
    // the service's own log is there without them
    void ask<{ items: LogSourceEntry[] }>(PATH).then(take, () => undefined);
    return () => {
      here = false;
      setEntries(NONE);
    };
  }, [service]);
  return entries;
}

const NONE: readonly LogSourceEntry[] = [];

/** The boots that the journal knows, newest first, once they are wanted; none where it cannot be read. */
export function useBoots(wanted: boolean): readonly Boot[] {
  const [boots, setBoots] = useState<readonly Boot[]>([]);
  useEffect(() => {
    if (!wanted) return;
    let here = true;
    const take = (read: { items: Boot[] }) => here && setBoots(read.items);
    // a host without a journal has no boots to choose from
    void ask<{ items: Boot[] }>(`${PATH}/boots`).then(take, () => here && setBoots([]));
    return () => {
      here = false;
    };
  }, [wanted]);
  return boots;
}

async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const response = await fetch(path, { ...init, headers }).catch((cause: unknown) => {
    throw new ApiProblem(0, { code: "network", title: "Trihelm did not answer" }, { cause });
  });
  if (!response.ok) throw await readProblem(response);
  return (response.status === 204 ? null : await response.json()) as Answer;
}
