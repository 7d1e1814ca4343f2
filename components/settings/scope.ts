/** Narrowing an account or a token: patterns as they are typed, and a scope in words. */
import { plural } from "#lib/format/plural.ts";
import type { Role, Verb } from "@/components/shell/me.tsx";

export const ROLES: readonly { value: Role; label: string; says: string }[] = [
  { value: "viewer", label: "Viewer", says: "Sees services and logs, changes nothing." },
  { value: "operator", label: "Operator", says: "Starts, stops and restarts too, and takes backups." },
  { value: "admin", label: "Admin", says: "Everything: restore, delete, secrets, people, this server." },
];

export const VERBS: readonly { value: Verb; says: string; from: Role }[] = [
  { value: "read", says: "See services and logs", from: "viewer" },
  { value: "act", says: "Start, stop, restart", from: "operator" },
  { value: "backup", says: "Take backups", from: "operator" },
  { value: "restore", says: "Restore volumes", from: "admin" },
  { value: "delete", says: "Delete backups and volumes", from: "admin" },
  { value: "reveal", says: "See hidden values", from: "admin" },
  { value: "configure", says: "Pin, protect, configure services", from: "admin" },
  { value: "manage", says: "People, all tokens, audit trail", from: "admin" },
];

const RANK: readonly Role[] = ["viewer", "operator", "admin"];

/** The verbs that a role gives, in their order. */
export function verbsOf(role: Role): Verb[] {
  return VERBS.filter(({ from }) => RANK.indexOf(from) <= RANK.indexOf(role)).map(({ value }) => value);
}

/** Roles up to this one. */
export function rolesUpTo(role: Role): typeof ROLES {
  return ROLES.slice(0, RANK.indexOf(role) + 1);
}

/** One pattern a line or between commas; those that are no pattern are named in `wrong`. */
export function parsePatterns(text: string): { patterns: string[]; wrong: string[] } {
  const all = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  const isPattern = (one: string) => /^[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(one);
  return { patterns: all.filter(isPattern), wrong: all.filter((one) => !isPattern(one)) };
}

/** What is wrong with patterns as they are typed; null when nothing is. `text` null: none are wanted. */
export function patternsProblem(text: string | null): string | null {
  if (text === null) return null;
  const { patterns, wrong } = parsePatterns(text);
  if (wrong.length > 0) return `${wrong[0]} is no pattern: it has three parts, as in local/docker/wa-*.`;
  return patterns.length === 0 ? "Name at least one, as in local/docker/wa-*." : null;
}

interface Narrowing {
  services: readonly string[] | null;
  verbs: readonly Verb[] | null;
}

/** `Every service`, `local/docker/wa-*`, `3 patterns; read, act`. */
export function narrowedWords({ services, verbs }: Narrowing): string {
  const which =
    services === null ? "Every service" : services.length === 1 ? services[0]! : plural(services.length, "pattern");
  return verbs === null ? which : `${which}; ${verbs.join(", ")}`;
}
