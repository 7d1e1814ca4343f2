"use client";

import { useEffect, useState } from "react";
import { ApiProblem } from "@/components/shell/api-client.ts";
import { readPart } from "./read-part.ts";

const UNKNOWN: LastLine = { known: false, time: null };

export interface LastLine {
  /** it has been looked for */
  known: boolean;
  /** null: there is no line */
  time: string | null;
}

/** When any of these services wrote its last line, however long ago; looked for where it is `wanted`. */
export function useLastLine(services: readonly string[], wanted: boolean): LastLine {
  const [last, setLast] = useState(UNKNOWN);
  useEffect(() => {
    setLast(UNKNOWN);
    if (!wanted) return;
    const stop = new AbortController();
    const ask = { services, params: [], endless: false, searches: false, keeps: () => true };
    readPart({ ask, part: { tail: 1, plain: true }, most: 1, signal: stop.signal }).then(
      ({ read }) => !stop.signal.aborted && setLast({ known: true, time: read[0]?.time ?? null }),
      (error: unknown) => {
        // the card is as true without it
        if (!(error instanceof ApiProblem)) throw error;
      },
    );
    return () => stop.abort();
  }, [services, wanted]);
  return last;
}
