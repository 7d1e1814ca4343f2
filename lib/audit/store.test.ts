import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "#lib/db/client.ts";
import type { PrismaClient } from "#lib/db/generated/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { type AuditFact, record, verify } from "./store.ts";

let folder: string;
let client: PrismaClient;

const fact: AuditFact = {
  actor: "mara",
  address: "127.0.0.1",
  action: "service.restart",
  subject: "local/docker/umami",
  intent: { timeout: 5 },
  outcome: "intended",
  detail: null,
  closes: null,
};

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-audit-"));
  migrate(path.join(folder, "t.db"), path.resolve("prisma/migrations"));
  client = connect(path.join(folder, "t.db"));
});
afterAll(async () => {
  await client.$disconnect();
  fs.rmSync(folder, { recursive: true });
});

test("rows written at once make one unbroken chain, and a changed or removed row shows", async () => {
  const written = await Promise.all(
    Array.from({ length: 40 }, (_, n) => record({ ...fact, subject: `s${n}` }, client)),
  );
  expect(new Set(written).size).toBe(40);
  const whole = await verify(client);
  expect(whole).toEqual({ rows: 40, broken: null, head: expect.stringMatching(/^[0-9a-f]{64}$/) });

  const victim = written.sort((a, b) => a - b)[10]!;
  const change = () => client.auditEntry.update({ where: { seq: victim }, data: { actor: "nobody" } });
  await expect(change()).rejects.toThrow();
  await expect(client.auditEntry.delete({ where: { seq: victim } })).rejects.toThrow();
  expect(await verify(client)).toEqual(whole);

  // somebody who owns the file can take the bars away: the chain still tells
  for (const bar of ["changed", "removed"]) await client.$executeRawUnsafe(`DROP TRIGGER "AuditEntry_is_not_${bar}"`);
  const before = await client.auditEntry.findUniqueOrThrow({ where: { seq: victim } });
  await change();
  expect((await verify(client)).broken).toBe(victim);
  await client.auditEntry.update({ where: { seq: victim }, data: { actor: before.actor } });
  expect((await verify(client)).broken).toBeNull();
  await client.auditEntry.delete({ where: { seq: victim } });
  expect((await verify(client)).broken).toBe(victim + 1);
});
