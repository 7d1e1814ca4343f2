/** API tokens: `trh_` and 256 random bits, of which only the hash is kept. */
import { z } from "zod";
import { AppError } from "#lib/platform/errors.ts";
import { GIVES, ROLES, type Role, type Verb } from "./role.ts";
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

/** Makes a token for a person; the secret is in this answer and nowhere else. Throws AppError `validation`. */
export async function makeToken(owner: Person, request: TokenRequest): Promise<{ row: TokenRow; token: string }> {
  const token = `trh_${randomToken()}`;
  const most = request.role ?? owner.role;
  if (ROLES.indexOf(most) > ROLES.indexOf(owner.role))
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
