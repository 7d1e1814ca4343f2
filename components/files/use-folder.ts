"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Folder } from "#lib/volumes/shapes.ts";
import { ApiProblem, call } from "@/components/shell/api-client.ts";

interface FolderReading {
  /** null until it was read */
  folder: Folder | null;
  problem: ApiProblem | null;
  readMore: () => void;
  reload: () => void;
}

const LIMIT = 500;

/** What is in a folder of a volume or of an archive (`api`: its address in the API), page after page. */
export function useFolder(api: string, path: string): FolderReading {
  const [state, setState] = useState<Pick<FolderReading, "folder" | "problem">>({ folder: null, problem: null });
  const asked = useRef(0);
  const read = useCallback(
    async (cursor?: string) => {
      asked.current += 1;
      const mine = asked.current;
      const query = new URLSearchParams({ path, limit: String(LIMIT), ...(cursor ? { cursor } : {}) });
      try {
        const next = await call<Folder>("GET", `${api}/files?${query}`);
        if (mine !== asked.current) return;
        setState(({ folder }) => ({
          folder: cursor && folder ? { ...next, items: [...folder.items, ...next.items] } : next,
          problem: null,
        }));
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (mine === asked.current) setState((now) => ({ ...now, problem: error }));
      }
    },
    [api, path],
  );
  useEffect(() => {
    setState({ folder: null, problem: null });
    void read();
    return () => {
      asked.current += 1;
    };
  }, [read]);
  return { ...state, readMore: () => void read(state.folder?.nextCursor), reload: () => void read() };
}
