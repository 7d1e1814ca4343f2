import { db } from "#lib/db/client.ts";

export interface StoredConsent {
  service: string;
  /** JSON: what was allowed, as it was then */
  labels: string;
  by: string;
  createdAt: Date;
}

export function readConsent(service: string): Promise<StoredConsent | null> {
  return db().labelConsent.findUnique({ where: { service } });
}

export async function writeConsent({ service, labels, by }: Omit<StoredConsent, "createdAt">): Promise<void> {
  await db().$transaction([
    db().labelConsent.deleteMany({ where: { service } }),
    db().labelConsent.create({ data: { service, labels, by } }),
  ]);
}

export async function removeConsent(service: string): Promise<void> {
  await db().labelConsent.deleteMany({ where: { service } });
}
