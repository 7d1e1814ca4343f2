"use client";

import { type FormEvent, useState } from "react";
import { ApiProblem } from "@/components/shell/api-client.ts";

export interface Submit {
  busy: boolean;
  problem: ApiProblem | null;
  clear: () => void;
  /** takes a form's fields to `work`; a refusal becomes `problem` */
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

/** A form that is sent by script, one request at a time, and keeps what was typed. */
export function useSubmit(work: (fields: Record<string, string>, form: HTMLFormElement) => Promise<void>): Submit {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const run = async (form: HTMLFormElement) => {
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setProblem(null);
    try {
      await work(fields, form);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!error.cancelled) setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    problem,
    clear: () => setProblem(null),
    onSubmit: (event) => {
      event.preventDefault();
      // a dialog's form lies inside the page's own in React's tree
      event.stopPropagation();
      if (!busy) void run(event.currentTarget);
    },
  };
}
