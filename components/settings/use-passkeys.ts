"use client";

import { useCallback, useEffect, useState } from "react";
import { ApiProblem, send } from "@/components/shell/api-client.ts";
import type { Passkey } from "./passkeys.tsx";

/** One's own passkeys, as the account library lists them. */
export function usePasskeys(): { passkeys: Passkey[] | null; problem: ApiProblem | null; reload: () => void } {
  const [passkeys, setPasskeys] = useState<Passkey[] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const reload = useCallback(async () => {
    try {
      setPasskeys(await send<Passkey[]>("/api/auth/passkey/list-user-passkeys", { method: "GET" }));
      setProblem(null);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    }
  }, []);
  useEffect(() => {
    void reload();
  }, [reload]);
  return { passkeys, problem, reload: () => void reload() };
}
