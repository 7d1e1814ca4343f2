/** Rules about figures and disks. Pure but for what it is handed. */
import { formatBytes } from "#lib/format/bytes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { formatPercent } from "#lib/format/percent.ts";
import type { Service } from "#lib/services/service.ts";
import type { Desk, Finding } from "./desk.ts";
import { concerns, type RuleOf } from "./rule-row.ts";

/** What `hostDisks` tells. */
export interface Disk {
  path: string;
  /** bytes */
  used: number;
  total: number;
  /** RFC 3339 */
  fullAt: string | null;
}

export interface HostFigures {
  name: string;
  cpu: number | null;
  memory: { used: number; total: number } | null;
  load: readonly number[] | null;
}

type Series = RuleOf<"metric">["config"]["series"];

/** what is over its bound is well again only this share below it */
const MARGIN = 0.05;
/** the same for the share of a disk that is used */
const DISK_MARGIN = 0.02;
const HOUR = 3_600_000;

/** Compares the figures of now with every rule's bound; what has no figure is not over it. */
export function watchFigures(desk: Desk, services: () => readonly Service[], host: HostFigures | null): void {
  for (const rule of desk.rules("metric")) {
    const { series } = rule.config;
    const release = () => ({ ending: `${NAMES[series]} is within its bounds again` });
    if (!series.startsWith("host")) {
      const concerned = services().filter((one) => concerns(rule, one.id) && !one.stale);
      const wrong = concerned.flatMap((one) => {
        const value = serviceValue(one, series);
        const about = { about: one.id, service: one.id, subject: one.title };
        return value === null ? [] : findingOf(desk, rule, { ...about, value });
      });
      const judged = new Set(concerned.map(({ id }) => id));
      desk.whole(rule, wrong, { release, isJudged: (about) => judged.has(about) });
      continue;
    }
    const value = host && hostValue(host, series);
    if (value === null || host === null) continue;
    const finding = findingOf(desk, rule, { about: "host", service: null, subject: host.name, value });
    desk.whole(rule, finding, { release });
  }
}

function findingOf(
  desk: Desk,
  rule: RuleOf<"metric">,
  { value, ...who }: Pick<Finding, "about" | "service" | "subject"> & { value: number },
): Finding[] {
  const { series, over, under } = rule.config;
  const margin = desk.book.isHeld(rule.id, who.about) ? MARGIN : 0;
  const isOver = over !== null && value > over * (1 - margin);
  const isUnder = under !== null && value < under * (1 + margin);
  if (!isOver && !isUnder) return [];
  const bound = isOver ? `over ${wordsOf(series, over!)}` : `under ${wordsOf(series, under!)}`;
  const long = rule.lasts > 0 ? ` for ${formatDuration(rule.lasts)}` : "";
  const why = `It is at ${wordsOf(series, value)}, ${bound}${long}.`;
  return [{ ...who, title: `${NAMES[series]} of ${who.subject} is ${bound}`, why }];
}

/** Disks that are full, or will be soon. */
export function watchDisks(desk: Desk, disks: readonly Disk[]): void {
  const now = desk.clock.now();
  for (const rule of desk.rules("disk")) {
    const { over, fullWithin } = rule.config;
    const wrong = disks.flatMap((disk): Finding[] => {
      const about = `disk ${disk.path}`;
      const share = disk.total > 0 ? disk.used / disk.total : 0;
      const isFull = share > over - (desk.book.isHeld(rule.id, about) ? DISK_MARGIN : 0);
      const left = disk.fullAt === null ? Number.POSITIVE_INFINITY : Date.parse(disk.fullAt) - now;
      const isFilling = fullWithin !== null && left <= fullWithin * HOUR;
      if (!isFull && !isFilling) return [];
      const free = formatBytes(Math.max(0, disk.total - disk.used));
      const soon = isFilling ? ` As it grows now, it is full in ${formatDuration(Math.max(0, left) / 1000)}.` : "";
      const title = isFull ? `Disk ${disk.path} is ${formatPercent(share)} % full` : `Disk ${disk.path} fills up`;
      const why = `\`${disk.path}\` has ${free} of ${formatBytes(disk.total)} left.${soon}`;
      return [{ about, service: null, subject: disk.path, title, why }];
    });
    const paths = new Set(disks.map(({ path }) => `disk ${path}`));
    desk.whole(rule, wrong, {
      release: (about) => ({
        ending: paths.has(about) ? "There is room on it again" : "It is not mounted any more",
        stable: 0,
      }),
    });
  }
}

function serviceValue({ cpu, memory }: Service, series: Series): number | null {
  if (series === "cpu") return cpu;
  if (series === "memory") return memory?.used ?? null;
  return memory?.limit ? memory.used / memory.limit : null;
}

function hostValue({ cpu, memory, load }: HostFigures, series: Series): number | null {
  if (series === "hostCpu") return cpu;
  if (series === "hostLoad") return load?.[0] ?? null;
  return memory && memory.total > 0 ? memory.used / memory.total : null;
}

export const NAMES: Record<Series, string> = {
  cpu: "CPU",
  memory: "Memory",
  memoryShare: "Memory",
  hostCpu: "CPU",
  hostMemoryShare: "Memory",
  hostLoad: "Load",
};

/** A value in the unit that its series has. */
export function wordsOf(series: Series, value: number): string {
  if (series === "memory") return formatBytes(value);
  if (series === "hostLoad") return value.toFixed(1);
  const limit = series === "memoryShare" ? " of its limit" : "";
  return `${formatPercent(value)} %${limit}`;
}
