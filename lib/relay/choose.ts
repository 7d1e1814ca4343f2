/** Which logs are read along with, and which are looked at now and then: decided from the board alone. */
import type { Service } from "#lib/services/service.ts";

/** followed at once; each unit of systemd takes a process of journalctl */
const MOST = 400;
const MOST_JOURNAL = 48;
/** the sort of program that links a phone, by the names that people give it */
const HINT =
  /whats|(?:^|[^a-z])wa(?:[^a-z]|$)|baileys|evolution[-_]?api|waha|wppconnect|venom|signal(?!s)|signald|telegram|(?:^|[^a-z])tg(?:[^a-z]|$)|telethon|gramjs|matrix|mautrix|clawd|moltbot|openclaw|userbot|bots?(?:[^a-z]|$)/i;

/** seconds between two looks */
const ROUND = 300;
const HINTED = 15;
const SEEN_BY_SOMEBODY = 20;
/** seconds since its start in which a service is likely to ask */
const YOUNG = 180;
const SOONEST = 3;
/** what is looked at so seldom need not be looked at where it has slept */
const SELDOM = 60;
/** how much dearer a look into the journal is than one into a file: a process against a few reads */
const JOURNAL = 2;

export interface Chosen {
  services: readonly Service[];
  /** somebody looks at the relay */
  isWatched: boolean;
  /** services that show a code, or that a link is alive for */
  asking: ReadonlySet<string>;
  /** services that have shown one before */
  known: ReadonlySet<string>;
}

/** May it print something now? */
export function isAlive({ state, stale }: Service): boolean {
  return stale === null && state !== "stopped" && state !== "failed";
}

/** Ids of those to read along with. */
export function toFollow({ services, isWatched, asking, known }: Chosen): Set<string> {
  const alive = services.filter(isAlive);
  const wanted = alive.filter(({ id }) => asking.has(id));
  if (isWatched) {
    const rank = (service: Service) => Number(isHinted(service, known)) * 2 + Number(service.listed || service.pinned);
    const others = alive.filter(({ id, supervisor, ...one }) => {
      const isOwn = one.listed || one.pinned || known.has(id);
      return !asking.has(id) && (isOwn || supervisor !== "systemd");
    });
    wanted.push(...others.sort((left, right) => rank(right) - rank(left)));
  }
  const chosen = new Set<string>();
  let journals = 0;
  for (const { id, supervisor } of wanted) {
    if (chosen.size >= MOST) break;
    if (supervisor === "systemd") {
      if (journals >= MOST_JOURNAL) continue;
      journals += 1;
    }
    chosen.add(id);
  }
  return chosen;
}

/** Seconds until this one is looked at again; null: it is not. */
export function lookEvery(service: Service, { isWatched, known }: Pick<Chosen, "isWatched" | "known">): number | null {
  if (!isAlive(service)) return null;
  const age = service.since === null ? Number.POSITIVE_INFINITY : (Date.now() - Date.parse(service.since)) / 1000;
  // what has just started is looked at again and again, and ever more seldom
  if (age < YOUNG) return Math.max(SOONEST, age / 2);
  const factor = service.supervisor === "systemd" ? JOURNAL : 1;
  if (isHinted(service, known)) return HINTED * factor;
  if (isWatched) return SEEN_BY_SOMEBODY * factor;
  return service.listed || service.pinned ? ROUND * factor : null;
}

/**
 * Has it not run since it was looked at, and so printed nothing? Told by seconds of CPU as they were last read, some ten seconds
 * ago: too late for what is looked at often. Hundredths are the clock of `/proc`, in which a whole code can be printed.
 */
export function hasSlept(every: number, used: { before: number | null; now: number | null }): boolean {
  if (every < SELDOM || used.now === null || used.now !== used.before) return false;
  return Math.round(used.now * 1e9) % 1e7 !== 0;
}

function isHinted(service: Service, known: ReadonlySet<string>): boolean {
  return known.has(service.id) || HINT.test(`${service.name} ${service.title} ${service.source}`);
}
