/**
 * Links for somebody without an account: one service's codes for a while. Each dies at its time, when the service says that
 * it is linked, or when somebody takes it back; every one of these is in the trail, and none of its secrets.
 */
import { type AuditFact, record } from "#lib/audit/store.ts";
import { type Access, may } from "#lib/auth/access.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { requireService } from "#lib/services/read.ts";
import { newLinkSecrets } from "./link-token.ts";
import { tellRelayNews } from "./news.ts";
import type { Link, NewLink } from "./shapes.ts";
import {
  addLink,
  deleteLinksBefore,
  endLinkRow,
  type LinkRow,
  prolongLinkRow,
  readEndedLinks,
  readLink,
  readOpenLinks,
} from "./store.ts";

/** of those that are over: so many are told, out of so many at most */
const LISTED = 200;
const LOOKED_THROUGH = 5000;
const PAGE = 500;
/** alive at once */
const MOST = 500;
const KEPT = 90 * 86_400_000;

/** those that have not been ended, by id */
const open = () => singleton("relay.links", () => new Map<string, { service: string; expiresAt: number }>());

/** Takes in what an earlier run left. Called once, before the first request. */
export async function loadLinks(now = new Date()): Promise<void> {
  await deleteLinksBefore(new Date(now.getTime() - KEPT));
  for (const { id, service, expiresAt } of await readOpenLinks())
    open().set(id, { service, expiresAt: expiresAt.getTime() });
  await expireLinks(now);
}

/** Services that a link is alive for. */
export function linkedTo(now = Date.now()): Set<string> {
  return new Set([...open().values()].filter(({ expiresAt }) => expiresAt > now).map(({ service }) => service));
}

/** All that are alive and the newest that are over, newest first, as far as this caller may act on what they show. */
export async function listLinks(access: Access): Promise<Link[]> {
  const isTheirs = ({ service }: LinkRow) => may(access, "act", service);
  const alive = (await readOpenLinks()).filter(isTheirs);
  const over: LinkRow[] = [];
  for (let read = 0; over.length < LISTED && read < LOOKED_THROUGH; read += PAGE) {
    const page = await readEndedLinks(PAGE, read);
    over.push(...page.filter(isTheirs));
    if (page.length < PAGE) break;
  }
  const listed = [...alive, ...over.slice(0, LISTED)];
  return listed.sort((left, right) => +right.createdAt - +left.createdAt).map(linkOf);
}

/** The link, and the token that is told this once. Throws `not_found` for a service that is not there. */
export async function createLink(wanted: NewLink, by: string): Promise<{ link: Link; token: string }> {
  if (!parseServiceId(wanted.service)) throw new AppError("validation", "service: is no id of a service");
  const service = requireService(wanted.service);
  if (open().size >= MOST) throw new AppError("conflict", `There are ${MOST} links alive: revoke one first`);
  const { id, token, hash } = newLinkSecrets();
  const passphrase = wanted.passphrase === undefined ? null : await hashPassword(wanted.passphrase);
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + wanted.expiresIn * 1000);
  const title = wanted.title?.trim() || service.name;
  const row = await addLink({
    ...{ id, service: service.id, title, hash, passphrase, by, createdAt, expiresAt },
    mostOpens: wanted.mostOpens ?? null,
  });
  open().set(id, { service: service.id, expiresAt: expiresAt.getTime() });
  tellRelayNews(service.id);
  return { link: linkOf(row), token };
}

/** A link that this caller may act on the service of. Throws `not_found` for one that is not theirs, as for none. */
export async function requireLink(id: string, access: Access): Promise<LinkRow> {
  const row = await readLink(id);
  if (!row || !may(access, "act", row.service)) throw new AppError("not_found", "There is no link by this id");
  return row;
}

/** It ends so many seconds from now. Throws `conflict` where it is over. */
export async function prolongLink({ id, service, expiresAt }: LinkRow, seconds: number): Promise<Link> {
  const until = Date.now() + seconds * 1000;
  const isAlive = open().has(id) && expiresAt.getTime() > Date.now();
  if (!isAlive || !(await prolongLinkRow(id, new Date(until))))
    throw new AppError("conflict", "This link is over. Make another");
  open().set(id, { service, expiresAt: until });
  tellRelayNews(service);
  return linkOf((await readLink(id))!);
}

/** Ends it at once, with every page that shows it. Nothing happens to one that is over. */
export async function revokeLink({ id, service }: LinkRow): Promise<void> {
  await endLink(id, service, { as: "revoked", at: new Date() });
}

/** Somebody has scanned: every link to this service has done what it was for. */
export async function endLinksOf(service: string, at = new Date()): Promise<void> {
  for (const [id, link] of [...open()])
    if (link.service === service && (await endLink(id, service, { as: "linked", at })))
      await note({ action: "relay.link.linked", subject: service, intent: { link: id } });
}

/** Ends those whose time is over. */
export async function expireLinks(now = new Date()): Promise<void> {
  for (const [id, { service, expiresAt }] of [...open()])
    if (expiresAt <= now.getTime() && (await endLink(id, service, { as: "expired", at: new Date(expiresAt) })))
      await note({ action: "relay.link.expired", subject: service, intent: { link: id } });
}

export function linkOf(row: LinkRow): Link {
  const { id, service, title, by, mostOpens, opens, openedBy, openedFrom } = row;
  return {
    ...{ id, service, title, by, mostOpens, opens, openedBy, openedFrom },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    hasPassphrase: row.passphrase !== null,
    openedAt: row.openedAt?.toISOString() ?? null,
    ...endOf(row),
  };
}

/** How it ended; one whose time is over has, whether or not that was written yet. */
export function endOf({ endedAs, endedAt, expiresAt }: LinkRow, now = Date.now()): Pick<Link, "endedAs" | "endedAt"> {
  if (endedAs !== null) return { endedAs: endedAs as Link["endedAs"], endedAt: endedAt?.toISOString() ?? null };
  if (expiresAt.getTime() <= now) return { endedAs: "expired", endedAt: expiresAt.toISOString() };
  return { endedAs: null, endedAt: null };
}

async function endLink(
  id: string,
  service: string,
  { as, at }: { as: NonNullable<Link["endedAs"]>; at: Date },
): Promise<boolean> {
  const ended = await endLinkRow(id, as, at);
  open().delete(id);
  if (ended) tellRelayNews(service);
  return ended;
}

/** What nobody did: the trail tells it all the same, and what happened stands where it cannot be written. */
async function note(fact: Pick<AuditFact, "action" | "subject" | "intent">): Promise<void> {
  try {
    await record({ ...fact, actor: "trihelm", address: "", outcome: "done", detail: null, closes: null });
  } catch (error) {
    logger("relay").error({ err: error }, `the end of a link is not in the trail: ${messageOf(error)}`);
  }
}
