/** The API over made-up services that print codes, for the tests of the relay's routes. */
import { afterAll, beforeAll, vi } from "vitest";
import { db } from "#lib/db/client.ts";
import type { Code } from "#lib/relay/shapes.ts";
import { startRelay } from "#lib/relay/start.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { type Call, scratchApi } from "./api-rig.ts";

export interface Bot {
  id: string;
  name: string;
  print: (...lines: string[]) => void;
}

/** Opened before the tests of a file, and closed after them. */
export function relayApi() {
  // logs are looked at by the clock, and passphrases are slow by intent
  vi.setConfig({ testTimeout: 30_000 });
  const api = scratchApi();
  const { call } = api;
  const ending = new AbortController();
  const docker: FakeSupervisor = createFake({ host: "local", scope: "docker", kind: "docker" });
  let services = 0;
  beforeAll(async () => {
    watchSupervisor(docker, ending.signal);
    await firstLook(2000);
    await startRelay(ending.signal);
  });
  afterAll(() => ending.abort());

  /** A service that has just been started, with what prints into its log. */
  const bot = (): Bot => {
    services += 1;
    const name = `worker-${services}`;
    docker.add({ name });
    const print = (...lines: string[]) => {
      for (const line of lines) docker.print(name, line);
    };
    return { id: `local/docker/${name}`, name, print };
  };
  const codeOf = async (id: string, as: Call = {}): Promise<Code | undefined> => {
    const { body } = await call("GET", "/api/v1/relay/codes", undefined, as);
    return body.items.find(({ service }: Code) => service === id);
  };
  const link = async (service: string, more: Record<string, unknown> = {}) =>
    (await call("POST", "/api/v1/relay/links", { service, expiresIn: 900, ...more })).body;
  const tokenOf = ({ id, url }: { id: string; url: string }) => ({ id, token: url.split("#")[1]! });
  const trail = async (action: string, service: string) =>
    db().auditEntry.findMany({ where: { action, subject: service }, orderBy: { seq: "asc" } });
  return { ...api, api, docker, bot, codeOf, link, tokenOf, trail };
}
