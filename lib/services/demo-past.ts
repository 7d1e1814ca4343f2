/** What happened to the services of the demo server before it was started, and their figures, so that pages have a past. */
import { figureHistory } from "#lib/metrics/keep.ts";
import { sleep, timestamp } from "#lib/platform/clock.ts";
import { isUsageSource } from "#lib/supervisors/supervisor.ts";
import { causeOf } from "./causes/cause.ts";
import { type Kept, readHappened, writeHappenings } from "./events/store.ts";
import { serviceId } from "./id.ts";
import type { Service } from "./service.ts";
import { snapshot } from "./snapshot.ts";

const MINUTE = 60;
const DAY = 86_400;
/** seconds between two figures: of the last hour, and before that */
const [FINE, COARSE] = [10, 300];
const SAMPLE = 300;
/** milliseconds that the one in a loop has been crashing */
const CRASHING = 720_000;
/** of each service: its log is read for every one */
const CARDS = 4;
const RISE = 4 * MINUTE;

/** Once, for a data folder that knows of nothing yet. To be awaited before anything is sampled. */
export async function tellDemoPast(): Promise<void> {
  const known = await readHappened({ until: null, below: null, service: null, limit: 1 });
  if (known.length > 0) return;
  const services = snapshot().services();
  const limits = new Map(
    snapshot()
      .sources()
      .flatMap(({ source, records }) =>
        records.map(({ name, memoryLimit }) => [serviceId(source.host, source.scope, name), memoryLimit] as const),
      ),
  );
  const happened = services
    .flatMap((service) => pastOf(service, limits.get(service.id) ?? null))
    .sort((a, b) => a.at.localeCompare(b.at));
  await writeHappenings(happened, new Map());
  await tellFigures(services, limits);
  // each with the rest of it told: what came before is part of a card
  const newest = Map.groupBy(happened.toReversed(), ({ service }) => service).values();
  for (const one of [...newest].flatMap((some) => some.slice(0, CARDS))) await causeOf(one);
}

function pastOf(service: Service, memoryLimit: number | null): Kept[] {
  const { since, lastExit, state, health, restarts, supervisor } = service;
  const end = lastExit && { code: lastExit.code, signal: lastExit.signal, oomKilled: lastExit.oomKilled };
  const limit = memoryLimit === null ? null : { memoryLimit };
  const endedAt = lastExit?.at ?? null;
  // what the distribution runs now and then was stopped by nobody
  if (state === "stopped")
    return supervisor === "systemd" || since === null ? [] : [told(service, since, { kind: "stopped", by: "mara" })];
  if (state === "failed" && endedAt !== null)
    return [told(service, endedAt, { kind: "exited", ...end, detail: limit, reason: service.reason })];
  if (state === "restarting" && since !== null)
    return Array.from({ length: restarts }, (_, turn) =>
      told(service, timestamp(new Date(Date.parse(since) - (turn * CRASHING) / restarts)), {
        ...{ kind: "restarted", ...end, code: end?.code ?? 1, detail: { asked: "policy", ran: 1.4 } },
      }),
    );
  const own =
    health === "unhealthy" ? [told(service, ago(8 * MINUTE), { kind: "unhealthy", reason: service.reason })] : [];
  if (endedAt !== null && restarts > 0)
    own.push(told(service, endedAt, { kind: "restarted", ...end, detail: { ...limit, asked: "policy" } }));
  else if (own.length === 0 && since !== null && Date.now() - Date.parse(since) < 10 * DAY * 1000)
    own.push(told(service, since, { kind: "started", by: "mara" }));
  return own;
}

function told(service: Service, at: string, more: Pick<Kept, "kind"> & Partial<Kept>): Kept {
  const plain = { code: null, signal: null, oomKilled: false, by: null, reason: null, detail: null, missed: false };
  return { service: service.id, at, count: 1, ...plain, ...more };
}

/** A day of figures: those of now, moving gently, and memory that rises to its limit where that ended something. */
async function tellFigures(services: readonly Service[], limits: ReadonlyMap<string, number | null>): Promise<void> {
  const first = await usageNow();
  await sleep(SAMPLE);
  const second = await usageNow();
  const now = Math.floor(Date.now() / 1000);
  const figures = services.flatMap((service, phase) => {
    const [one, two] = [first.get(service.id), second.get(service.id)];
    const limit = limits.get(service.id) ?? null;
    const fellAt = service.lastExit?.oomKilled && service.lastExit.at ? Date.parse(service.lastExit.at) / 1000 : null;
    const memory = two?.memory ?? (limit === null ? null : limit * 0.62);
    if (memory === null || (!two && fellAt === null)) return [];
    const cpu = one && two ? Math.max(0, two.cpu - one.cpu) / (SAMPLE / 1000) : 0.03;
    return [{ id: service.id, cpu, memory, limit, fellAt, isUp: two !== undefined, phase }];
  });
  for (let at = now - DAY; at < now; at += at < now - 3600 ? COARSE : FINE) {
    const values = figures.flatMap(({ id, cpu, memory, limit, fellAt, isUp, phase }) => {
      if (fellAt !== null && !isUp && at > fellAt) return [];
      const wave = 0.7 * Math.sin(at / 370 + phase) + 0.3 * Math.sin(at / 47 + 3 * phase);
      const nears = fellAt === null || limit === null || at > fellAt ? 0 : Math.max(0, 1 - (fellAt - at) / RISE);
      const used = memory * (1 + 0.012 * wave);
      return [
        [id, "cpu", cpu * (1 + 0.35 * wave)] as const,
        [id, "memory", used + nears * Math.max(0, (limit ?? used) - used)] as const,
      ];
    });
    figureHistory().take(at, values);
  }
}

/** CPU seconds and memory, by service. */
async function usageNow(): Promise<Map<string, { cpu: number; memory: number | null }>> {
  const all = new Map<string, { cpu: number; memory: number | null }>();
  for (const { source, records } of snapshot().sources()) {
    if (!isUsageSource(source)) continue;
    for (const { name, cpuSeconds, memory } of await source.usage(records))
      all.set(serviceId(source.host, source.scope, name), { cpu: cpuSeconds ?? 0, memory });
  }
  return all;
}

function ago(seconds: number): string {
  return timestamp(new Date(Date.now() - seconds * 1000));
}
