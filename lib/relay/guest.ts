/** What a visitor with a link gets: the code of one service, and nothing else that this server knows. */
import { record } from "#lib/audit/store.ts";
import { claimAttempt, claimRequest, claimUse, newAttemptBook } from "#lib/auth/attempts.ts";
import { verifyPassword } from "#lib/auth/password.ts";
import { browserWords } from "#lib/format/browser-words.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { peerAddress } from "#lib/platform/peer.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { codes, renewalOf } from "./codes.ts";
import { type GuestPass, guestCookie, guestPassOf, isTokenOf, mayRenew } from "./link-token.ts";
import { endOf } from "./links.ts";
import { LIVES } from "./lives.ts";
import { drawSvg } from "./matrix.ts";
import { networkWords } from "./network-words.ts";
import { tellRelayNews } from "./news.ts";
import type { GuestView } from "./shapes.ts";
import { countOpening, type LinkRow, readLink } from "./store.ts";

/** A book of its own: a guest who guesses at a passphrase shuts nobody out of signing in. */
const book = () => singleton("relay.attempts", () => newAttemptBook());
/** of one link, by all who have it; several look at once, and each code is a view and a picture */
const USES = { most: 600, window: 60_000, shut: 10_000 };

export interface Guest extends GuestPass {
  service: string;
}

export interface GuestOpening {
  id: string;
  token: string;
  passphrase?: string | undefined;
}

/**
 * Trades a link's token for a cookie, and counts one opening; a browser that has its cookie gets it anew, uncounted. Throws
 * `not_found` for what is no link, `unauthenticated` (`passphrase`) where its passphrase is asked for or wrong, `conflict`
 * (`ended`: linked, revoked, expired, used) where it is over, `rate_limited`.
 */
export async function openAsGuest(opening: GuestOpening, headers: Headers): Promise<string> {
  const address = peerAddress(headers);
  const row = await readLink(opening.id);
  if (!row || !isTokenOf(opening.token, row.hash)) {
    // counted for all together only here: whoever has no link shuts out nobody who has one
    claimRequest({ address, account: null }, book());
    claimAttempt({ address, account: null, known: false }, book());
    throw new AppError("not_found", "There is no such link. It may have been cut short on its way here");
  }
  claimUse(row.id, USES, book());
  refuseEnded(row);
  // whoever is in stays in, for as long as the page still has the token: also past an hour, or a night's sleep
  if (mayRenew(headers, row.id)) return guestCookie(row.id, row.expiresAt);
  await checkPassphrase(row, opening.passphrase, address);
  const at = new Date();
  const by = browserWords(headers.get("user-agent") ?? "");
  const opened = await countOpening(row.id, { mostOpens: row.mostOpens, at, by, from: networkWords(address) });
  if (!opened) {
    refuseEnded((await readLink(row.id)) ?? row);
    throw over("used", null);
  }
  await note(row, address, { outcome: "done", detail: null, browser: by });
  tellRelayNews(row.service);
  return guestCookie(row.id, row.expiresAt, at.getTime());
}

/** The link that this request's cookie opens, alive or over. Throws `unauthenticated` for no cookie, or one that is over. */
export async function requireGuest(headers: Headers, wanted?: string): Promise<Guest> {
  const pass = guestPassOf(headers, wanted ?? null);
  const row = pass && (await readLink(pass.link));
  if (pass && row) {
    claimUse(row.id, USES, book());
    return { ...pass, service: row.service };
  }
  claimRequest({ address: peerAddress(headers), account: null }, book());
  throw new AppError("unauthenticated", "Open the link that you were sent");
}

/** Throws `not_found` where the link was forgotten. */
export async function guestView({ link, until }: GuestPass): Promise<GuestView> {
  const row = await readLink(link);
  if (!row) throw new AppError("not_found", "There is no such link");
  const { endedAs, endedAt } = endOf(row);
  const held = codes().of(row.service);
  const opensLeft = row.mostOpens === null ? null : Math.max(0, row.mostOpens - row.opens);
  const expiresAt = row.expiresAt.toISOString();
  const base = { title: row.title, from: row.by, expiresAt, until: timestamp(until), opensLeft, endedAs, endedAt };
  const times = { seenAt: null, renewsAt: null, rotates: null };
  const none = { kind: null, version: null, modules: null, ...times, codes: null };
  if (endedAs !== null) {
    const tookSeconds = endedAs === "linked" ? tookOf(row) : null;
    // which kind it was says what to do with a phone that was not meant to be linked
    const known = endedAs === "linked" && held ? { kind: held.kind, codes: held.codes } : {};
    return { ...base, ...none, ...known, tookSeconds, state: endedAs === "linked" ? "linked" : "ended" };
  }
  if (!held?.matrix) return { ...base, ...none, tookSeconds: null, state: "none" };
  codes().shown(row.service, "link");
  return {
    ...base,
    ...{ kind: held.kind, version: held.version, modules: held.modules, codes: held.codes, tookSeconds: null },
    ...{
      seenAt: timestamp(held.seenAt),
      renewsAt: renewalOf(held),
      rotates: LIVES[held.kind].rotates,
      state: held.state,
    },
  };
}

/** Throws `not_found` where there is no code, or the link is over. */
export async function guestSvg({ link }: GuestPass): Promise<string> {
  const row = await readLink(link);
  const held = row && endOf(row).endedAs === null ? codes().of(row.service) : null;
  if (!row || !held?.matrix) throw new AppError("not_found", "There is no code now");
  return drawSvg(held.matrix, `QR code for ${row.title}`);
}

async function checkPassphrase(row: LinkRow, given: string | undefined, address: string): Promise<void> {
  if (row.passphrase === null) return;
  if (given === undefined)
    throw new AppError("unauthenticated", "This link asks for a passphrase", { extensions: { passphrase: true } });
  const takeBack = claimAttempt({ address, account: row.id, known: false }, book());
  if (!(await verifyPassword(row.passphrase, given))) {
    await note(row, address, { outcome: "refused", detail: "not the passphrase" });
    throw new AppError("unauthenticated", "This is not the passphrase", { extensions: { passphrase: true } });
  }
  takeBack();
}

async function note(
  { id, service }: LinkRow,
  address: string,
  { outcome, detail, ...more }: { outcome: "done" | "refused"; detail: string | null; browser?: string },
): Promise<void> {
  const fact = { actor: `link ${id}`, address, action: "relay.link.open", subject: service };
  await record({ ...fact, intent: { link: id, ...more }, outcome, detail, closes: null });
}

function refuseEnded(row: LinkRow): void {
  const { endedAs, endedAt } = endOf(row);
  if (endedAs !== null) throw over(endedAs, endedAt);
}

function over(ended: string, endedAt: string | null): AppError {
  const words: Record<string, string> = {
    linked: "This link has been used and no longer works",
    revoked: "This link was taken back",
    expired: "This link has expired",
    used: "This link was opened as often as it may be",
  };
  return new AppError("conflict", words[ended] ?? "This link is over", { extensions: { ended, endedAt } });
}

function tookOf({ openedAt, endedAt }: LinkRow): number | null {
  return openedAt && endedAt ? Math.max(0, Math.round((endedAt.getTime() - openedAt.getTime()) / 1000)) : null;
}
