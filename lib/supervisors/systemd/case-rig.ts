/** Units of the tests' own beyond the contract's, on the test host, and ways to wait for what becomes of them. */
import { afterAll, beforeAll, expect } from "vitest";
import { sleep } from "#lib/platform/clock.ts";
import type { ActOptions, Change, ServiceRecord } from "../supervisor.ts";
import { createSystemd } from "./adapter.ts";
import { removeUnit, requireTestHost, writeUnit } from "./contract-rig.ts";

export const PLAIN: ActOptions = { timeout: null, signal: null, force: false, detached: false };
/** the journal remembers earlier runs */
export const RUN = `trihelm-case-${Date.now().toString(36)}`;
export const systemd = createSystemd({ host: "local", mode: "system" });
/** names of units to remove in the end */
export const made = new Set<string>();

/** Declares the set-up and the clean-up of a file of cases. */
export function onTestHost(): void {
  beforeAll(requireTestHost);
  afterAll(async () => {
    for (const name of made) await removeUnit(name);
    systemd.close();
  }, 60_000);
}

/** A unit of the tests' own; `service` are lines of its [Service] section. */
export async function make(name: string, service: string[], unit: string[] = []): Promise<string> {
  const full = `${RUN}-${name}.service`;
  made.add(full);
  await writeUnit(full, ["[Unit]", ...unit, "[Service]", ...service, "[Install]", "WantedBy=multi-user.target"]);
  return full;
}

export const record = async (name: string) => (await systemd.list()).find((one) => one.name === name);

/** Reads until it is as wanted; the last value is in the failure. */
export async function until<T>(
  read: () => Promise<T> | T,
  ok: (value: T) => boolean,
  milliseconds = 15_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  let value = await read();
  while (!ok(value) && Date.now() < end) {
    await sleep(25);
    value = await read();
  }
  expect(ok(value), `last seen: ${JSON.stringify(value)?.slice(0, 600)}`).toBe(true);
  return value;
}

/** Watches, and keeps what was told. */
export function watchAll() {
  const ending = new AbortController();
  const known = new Map<string, ServiceRecord>();
  const counts = { reset: 0, changed: 0, gone: 0, down: 0 };
  const reading = (async () => {
    for await (const change of systemd.watch(ending.signal)) apply(change);
  })();
  function apply(change: Change) {
    counts[change.type] += 1;
    if (change.type === "reset") {
      known.clear();
      for (const one of change.records) known.set(one.name, one);
    } else if (change.type === "changed") known.set(change.record.name, change.record);
    else if (change.type === "gone") known.delete(change.name);
  }
  return {
    known,
    counts,
    close: async () => {
      ending.abort();
      await reading;
    },
  };
}
