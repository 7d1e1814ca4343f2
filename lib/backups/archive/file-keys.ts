/**
 * Keys that passphrases have opened: finding one out takes a quarter of a gigabyte and most of a second, and looking into a
 * folder of an archive asks for two. Each opens one archive alone, is kept in memory for minutes, and found one at a time.
 */
import { createHash } from "node:crypto";
import { monotonic } from "#lib/platform/clock.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** milliseconds */
const FRESH = 5 * 60_000;
const MOST = 32;

interface Kept {
  key: Promise<Uint8Array>;
  at: number;
}

const state = () =>
  singleton("archive-keys", () => ({ kept: new Map<string, Kept>(), last: Promise.resolve() as Promise<unknown> }));

/** The key in this header by this passphrase, from memory where it was just opened. Failures are not kept. */
export function fileKeyOf(
  header: Uint8Array,
  passphrase: string,
  open: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const own = state();
  const now = monotonic();
  for (const [id, { at }] of own.kept) if (now - at > FRESH) own.kept.delete(id);
  const id = createHash("sha256").update(header).update("\0").update(passphrase).digest("hex");
  const known = own.kept.get(id);
  if (known) return known.key;
  const key = own.last.then(open);
  own.last = key.catch(() => undefined);
  own.kept.set(id, { key, at: now });
  key.catch(() => own.kept.delete(id));
  for (const oldest of own.kept.keys()) {
    if (own.kept.size <= MOST) break;
    own.kept.delete(oldest);
  }
  return key;
}
