/** What the API says of people, sessions, tokens and the trail. Times are RFC 3339. */
import type { AuditEntry } from "#lib/audit/query.ts";
import type { Role, Verb } from "@/components/shell/me.tsx";

export interface User {
  id: string;
  name: string;
  role: Role;
  disabled: boolean;
  /** null: every service */
  services: readonly string[] | null;
  /** null: all that the role gives */
  verbs: readonly Verb[] | null;
  createdAt: string;
  lastSeenAt: string | null;
  twoFactor: boolean;
  passkeys: number;
  hasPassword: boolean;
  via: "local" | "oidc" | "proxy";
}

export interface Session {
  id: string;
  current: boolean;
  address: string;
  userAgent: string;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
}

export interface Token {
  id: string;
  name: string;
  /** the owner's name */
  user: string;
  role: Role | null;
  services: readonly string[] | null;
  verbs: readonly Verb[] | null;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  prefix: string;
}

export type AuditRow = AuditEntry;
