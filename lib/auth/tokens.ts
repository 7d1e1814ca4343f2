/** API tokens: `trh_` and 256 random bits, of which only the hash is kept. */
import { z } from "zod";
import { AppError } from "#lib/platform/errors.ts";
import type { Caller } from "./caller.ts";
import { GIVES, type Role, rankOf, VERBS, type Verb } from "./role.ts";
import { hashSecret, randomToken } from "./secret.ts";
import { insertToken, type Person, type TokenRow } from "./store.ts";

export const tokenNameSchema = z
  .string("is missing")
  .trim()
  .min(1, "is empty")
  .max(64, "has at most 64 signs")
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, "has signs that cannot be shown");

export interface TokenRequest {
  name: string;
  /** null: as its owner */
  role: Role | null;
  verbs: readonly Verb[] | null;
  services: readonly string[] | null;
  /** seconds; null: it does not end by itself */
  expiresIn: number | null;
}

/** What a caller may ask for: a token hands on at most its own verbs, and nothing that outlives it. Throws AppError `forbidden`. */
export function handedOn({ kind, access: own, expiresAt }: Caller, asked: TokenRequest): TokenRequest {
  if (kind !== "token") return asked;
  const beyond = asked.verbs?.find((verb) => !own.verbs.has(verb));
  if (beyond) throw new AppError("forbidden", `This token does not have the permission ${beyond} itself`);
  const verbs = asked.verbs ?? (own.verbs.size < VERBS.length ? VERBS.filter((verb) => own.verbs.has(verb)) : null);
  const left = expiresAt === null ? null : Math.floor((expiresAt.getTime() - Date.now()) / 1000);
  const expiresIn = left === null ? asked.expiresIn : Math.min(asked.expiresIn ?? left, left);
  return { ...asked, verbs, expiresIn };
}

/** Makes a token for a person; the secret is in this answer and nowhere else. Throws AppError `validation`. */
export async function makeToken(owner: Person, request: TokenRequest): Promise<{ row: TokenRow; token: string }> {
  const token = `trh_${randomToken()}`;
  const most = request.role ?? owner.role;
  if (rankOf(most) > rankOf(owner.role))
    throw new AppError("validation", `${owner.name} is ${owner.role}: a token of theirs cannot be ${most}`, {
      problems: [{ path: "role", message: "is more than its owner's" }],
    });
  const useless = request.verbs?.filter((verb) => !GIVES[most].includes(verb)) ?? [];
  if (useless.length > 0)
    throw new AppError("validation", `The role ${most} does not give ${useless.join(", ")}`, {
      problems: [{ path: "verbs", message: "are more than the role gives" }],
    });
  const expiresAt = request.expiresIn === null ? null : new Date(Date.now() + request.expiresIn * 1000);
  const { name, role, verbs, services } = request;
  const kept = { hash: hashSecret(token), prefix: token.slice(0, 8), userId: owner.id };
  return { row: await insertToken({ name, role, verbs, services, expiresAt, ...kept }), token };
}
