"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { ApiProblem, call } from "./api-client.ts";
import { say } from "./toast.tsx";

export interface Reading<Data> {
  /** null until it was read */
  data: Data | null;
  problem: ApiProblem | null;
  /** reads again; what is there stays meanwhile */
  reload: () => void;
}

/** What a GET of the API says, read when the component comes and when `path` changes. The last answer wins. Null: not asked. */
export function useReading<Data>(path: string | null): Reading<Data> {
  const [state, setState] = useState<{ data: Data | null; problem: ApiProblem | null }>({ data: null, problem: null });
  const asked = useRef(0);
  const reload = useCallback(async () => {
    if (path === null) return;
    asked.current += 1;
    const mine = asked.current;
    try {
      const data = await call<Data>("GET", path);
      if (mine === asked.current) setState({ data, problem: null });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (mine === asked.current) setState((before) => ({ ...before, problem: error }));
    }
  }, [path]);
  useEffect(() => {
    void reload();
    return () => {
      asked.current += 1;
    };
  }, [reload]);
  return { ...state, reload: () => void reload() };
}

/** Runs a change and says when it did not work; resolves to whether it did. */
export async function attempt(failed: string, change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;

    if (!error.cancelled) say({ tone: "fail", title: failed, text: error.words, id: failed });
    return false;
  }
}
