/** Codes and links as the API tells them. Times are RFC 3339. */
import { z } from "zod";
import { KINDS } from "./kind.ts";

export const CODE_STATES = ["waiting", "stale", "linked"] as const;

export const codeSchema = z.object({
  /** its service's id */
  service: z.string(),
  /** null where the picture could be shown but not decoded, and for who may not act on the service */
  payload: z.string().nullable(),
  kind: z.enum(KINDS),
  /** the side in modules */
  modules: z.number().int(),
  seenAt: z.string(),
  state: z.enum(CODE_STATES),
  /** equal for equal codes: the address of its picture is asked for again when it changes */
  version: z.string(),
  /** when this service was first seen asking, this time, and how many codes since */
  firstSeenAt: z.string(),
  codes: z.number().int(),
  /** when the next code or its end is due; null where neither is known */
  renewsAt: z.string().nullable(),
  /** another one comes by itself at `renewsAt`; false: it is over then */
  rotates: z.boolean(),
});

/** One earlier time that a service asked; its codes are forgotten. */
export const episodeSchema = z.object({
  service: z.string(),
  kind: z.enum(KINDS),
  firstSeenAt: z.string(),
  endedAt: z.string().nullable(),
  codes: z.number().int(),
  /** `interrupted`: this server ended meanwhile, and nobody knows */
  outcome: z.enum(["waiting", "linked", "expired", "gone", "interrupted"]),
  /** seconds from the first opening to the login; null where nothing is known */
  tookSeconds: z.number().nullable(),
  via: z.enum(["link", "here", "unknown"]).nullable(),
});

/** `code` of `GET /events`: never the payload. `gone`: the service shows none any more. */
export type CodeEvent = Omit<z.infer<typeof codeSchema>, "payload" | "state"> & {
  state: (typeof CODE_STATES)[number] | "gone";
};

export const newLinkSchema = z.strictObject({
  service: z.string().max(700),
  /** seconds */
  expiresIn: z
    .number()
    .int()
    .min(60)
    .max(7 * 86_400),
  /** what its page calls the service; its name where it is left out */
  title: z.string().min(1).max(80).optional(),
  passphrase: z.string().min(4).max(200).optional(),
  mostOpens: z.number().int().min(1).max(1000).optional(),
});

export const linkSchema = z.object({
  id: z.string(),
  service: z.string(),
  title: z.string(),
  by: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  hasPassphrase: z.boolean(),
  mostOpens: z.number().int().nullable(),
  opens: z.number().int(),
  /** for the first time */
  openedAt: z.string().nullable(),
  /** by whom it was opened last: `Safari on iPad` */
  openedBy: z.string().nullable(),
  /** `81.82.0.0/16` */
  openedFrom: z.string().nullable(),
  endedAs: z.enum(["linked", "revoked", "expired"]).nullable(),
  endedAt: z.string().nullable(),
});

/** What the page without an account gets to know, and nothing else. */
export const guestViewSchema = z.object({
  title: z.string(),
  kind: z.enum(KINDS).nullable(),
  /** who made the link */
  from: z.string(),
  state: z.enum(["waiting", "stale", "linked", "none", "ended"]),
  /** why and when the link ended */
  endedAs: z.enum(["linked", "revoked", "expired"]).nullable(),
  endedAt: z.string().nullable(),
  /** how many codes there were, this time; seconds from the first opening to the login */
  codes: z.number().int().nullable(),
  tookSeconds: z.number().nullable(),
  /** null: as many as one likes */
  opensLeft: z.number().int().nullable(),
  /** of the code shown; null: there is none now */
  version: z.string().nullable(),
  modules: z.number().int().nullable(),
  seenAt: z.string().nullable(),
  renewsAt: z.string().nullable(),
  /** another one comes by itself at `renewsAt`; false: it is over then; null: there is no code now */
  rotates: z.boolean().nullable(),
  /** of the link */
  expiresAt: z.string(),
  /** of this visitor's pass, which may be earlier or a little later: it is renewed by opening once more before then */
  until: z.string(),
});

export const guestOpeningSchema = z.strictObject({
  id: z.string().max(40),
  /** what stands behind the `#` of the link */
  token: z.string().max(100),
  passphrase: z.string().max(200).optional(),
});

export const patternSchema = z.object({
  service: z.string(),
  /** RE2; null: none */
  pattern: z.string().nullable(),
  by: z.string().nullable(),
  createdAt: z.string().nullable(),
});

export type RelayPattern = z.infer<typeof patternSchema>;
export type Code = z.infer<typeof codeSchema>;
export type Episode = z.infer<typeof episodeSchema>;
export type NewLink = z.infer<typeof newLinkSchema>;
export type Link = z.infer<typeof linkSchema>;
export type GuestView = z.infer<typeof guestViewSchema>;
