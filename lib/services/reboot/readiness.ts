/** What a reboot of the host would leave down: each supervisor says it of its own services, systemd of the supervisors. */
import fs from "node:fs";
import { readHost } from "#lib/metrics/host.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { kept } from "#lib/platform/kept.ts";
import { readText } from "#lib/platform/proc.ts";
import { type BootConcern, type BootedBy, type BootUnits, isBootSource, isBootUnits } from "#lib/supervisors/boot.ts";
import type { ServiceRecord, Supervisor } from "#lib/supervisors/supervisor.ts";
import { serviceId } from "../id.ts";
import { snapshot } from "../snapshot.ts";
import { broughtUpConcerns, type UnitStanding } from "./brought-up.ts";
import type { RebootConcern, RebootReadiness } from "./shapes.ts";

/** milliseconds */
const FRESH = 10_000;
const PATIENCE = 10_000;

interface Found {
  items: RebootConcern[];
  problems: string[];
  ready: number;
}

/** Asks every supervisor; no older than ten seconds. */
export function readReboot(): Promise<RebootReadiness> {
  return kept("reboot-readiness", FRESH, read);
}

async function read(): Promise<RebootReadiness> {
  const signal = AbortSignal.timeout(PATIENCE);
  const board = snapshot();
  const up = new Set(board.supervisors().flatMap(({ id, available }) => (available ? [id] : [])));
  const sources = board.sources().filter(({ source }) => up.has(`${source.host}/${source.scope}`));
  // the machine's own, not a user's: that one is asked for units of the machine
  const units = sources
    .map(({ source }) => source)
    .find((source) => isBootUnits(source) && !source.scope.includes("@"));
  const found = await Promise.all(
    sources.map(({ source, records }) =>
      lookAt(source, records, { units: units as (Supervisor & BootUnits) | undefined, signal }),
    ),
  );
  return {
    items: found.flatMap(({ items }) => items),
    ready: found.reduce((sum, { ready }) => sum + ready, 0),
    bootedAt: bootTime(),
    due: dueBecause(),
    problems: [...new Set(found.flatMap(({ problems }) => problems))],
    readAt: timestamp(),
  };
}

async function lookAt(
  source: Supervisor,
  records: readonly ServiceRecord[],
  { units, signal }: { units: (Supervisor & BootUnits) | undefined; signal: AbortSignal },
): Promise<Found> {
  if (!isBootSource(source)) return { items: [], problems: [], ready: 0 };
  const problems: string[] = [];
  const orSay = async <T>(what: string, ask: () => Promise<T>, nothing: T): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AppError) && !signal.aborted) throw error;
      problems.push(`${what} could not be looked at: ${messageOf(error)}`);
      return nothing;
    }
  };
  const own = await orSay(source.scope, () => source.bootConcerns(records, signal), []);
  const { bootedBy } = source;
  const itself = bootedBy
    ? await orSay(`What starts ${source.scope} at boot`, () => broughtUp(bootedBy, source.scope, { units, signal }), [])
    : [];
  const concerned = new Set(own.flatMap(({ name }) => name ?? []));
  const comesBack = (record: ServiceRecord) =>
    record.listed && record.state === "running" && record.startsAtBoot !== false && !concerned.has(record.name);
  return {
    items: [...itself, ...own].map((concern) => itemOf(source, concern)),
    problems,
    ready: itself.length > 0 || problems.length > 0 ? 0 : records.filter(comesBack).length,
  };
}

async function broughtUp(
  bootedBy: BootedBy,
  title: string,
  { units, signal }: { units: (Supervisor & BootUnits) | undefined; signal: AbortSignal },
): Promise<BootConcern[]> {
  if (!units) throw new AppError("supervisor_unavailable", "systemd cannot be reached");
  const standings = async (names: readonly string[]): Promise<UnitStanding[]> => {
    const found: UnitStanding[] = [];
    for (const name of names) {
      const unit = await units.bootUnit(name, signal);
      if (unit) found.push({ name, unit });
    }
    return found;
  };
  const [main = null] = await standings(bootedBy.units);
  return broughtUpConcerns(bootedBy, title, { main, beside: await standings(bootedBy.with) });
}

function itemOf({ host, scope }: Supervisor, { name, ...concern }: BootConcern): RebootConcern {
  return { service: name === null ? null : serviceId(host, scope, name), ...concern };
}

function bootTime(): string | null {
  const seconds = /^btime (\d+)$/m.exec(readText("/proc/stat") ?? "")?.[1];
  return seconds ? timestamp(Number(seconds) * 1000) : null;
}

/** The distribution says that a reboot is due, and mostly for which packages. */
function dueBecause(): string | null {
  if (!readHost()?.rebootDue) return null;
  const packages = [...new Set(linesOf("/run/reboot-required.pkgs"))];
  if (packages.length === 0) return "An update takes effect with the next reboot.";
  const more = packages.length > 3 ? ` and ${packages.length - 3} more` : "";
  return `An update of ${packages.slice(0, 3).join(", ")}${more} takes effect with the next reboot.`;
}

function linesOf(file: string): string[] {
  try {
    const lines = fs.readFileSync(file, "utf8").split("\n");
    return lines.map((line) => line.trim()).filter((line) => /^[\w.+:-]{1,100}$/.test(line));
  } catch {
    // it is written by some packages only
    return [];
  }
}
