"use client";

/** Who is signed in here, and what they may do. The server decides each time anew; this only spares people dead buttons. */
import { createContext, type ReactNode, use } from "react";

export type Role = "viewer" | "operator" | "admin";
export type Verb = "read" | "act" | "backup" | "restore" | "delete" | "configure" | "manage" | "reveal";

export interface Me {
  id: string;
  name: string;
  role: Role;
  verbs: readonly Verb[];
  /** patterns they are narrowed to; null: all services */
  services: readonly string[] | null;
  kind: "session" | "token" | "proxy";
  session: { id: string; createdAt: string; expiresAt: string; freshUntil: string } | null;
  twoFactor: boolean;
  passkeys: number;
  hasPassword: boolean;
}

const MeContext = createContext<Me | null>(null);

export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext value={me}>{children}</MeContext>;
}

export function useMe(): Me {
  const me = use(MeContext);
  if (!me) throw new Error("useMe is used outside of MeProvider");
  return me;
}

/** Whether a button for this is of any use to them. */
export function useMay(verb: Verb): boolean {
  return useMe().verbs.includes(verb);
}

/** The same for what belongs to no service: not for who is limited to some. */
export function useMayWhole(verb: Verb): boolean {
  const { verbs, services } = useMe();
  return services === null && verbs.includes(verb);
}
