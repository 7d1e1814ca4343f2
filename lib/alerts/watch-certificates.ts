/** Rules about certificates that end soon. Pure but for what it is handed. */
import { plural } from "#lib/format/plural.ts";
import type { Desk, Finding } from "./desk.ts";
import { concerns } from "./rule-row.ts";

export interface Place {
  /** `example.org:443` */
  place: string;
  /** of the check that calls it */
  service: string | null;
  /** a check calls it; else only rules that name it are about it */
  isChecked: boolean;
}

const DAY = 86_400_000;

/** Where certificates are looked at: the hosts of checks, and those that rules name. */
export function placesOf(desk: Desk, checked: readonly Place[]): Place[] {
  const named = desk
    .rules("certificate")
    .flatMap(({ config }) => config.hosts.map((host) => ({ place: withPort(host), service: null, isChecked: false })));
  return [...new Map([...named, ...checked].map((one) => [one.place, one])).values()];
}

/** `endsAt`: milliseconds since the epoch, by place; what could not be asked is missing, and stays as it was. */
export function watchCertificates(desk: Desk, places: readonly Place[], endsAt: ReadonlyMap<string, number>): void {
  const now = desk.clock.now();
  for (const rule of desk.rules("certificate")) {
    const own = new Set(rule.config.hosts.map(withPort));
    const concerned = places.filter(
      ({ place, service, isChecked }) => own.has(place) || (isChecked && concerns(rule, service)),
    );
    const wrong = concerned.flatMap(({ place, service }): Finding[] => {
      const end = endsAt.get(place);
      if (end === undefined || end - now > rule.config.days * DAY) return [];
      const host = place.replace(/:443$/, "");
      const days = Math.floor((end - now) / DAY);
      const date = new Date(end).toISOString().slice(0, 10);
      const title =
        days < 0 ? `Certificate of ${host} has ended` : `Certificate of ${host} ends in ${plural(days, "day")}`;
      const why = `It ${days < 0 ? "ended" : "ends"} on ${date}. Whoever calls \`${place}\` is refused from then on.`;
      return [{ about: place, service, subject: host, title, why }];
    });
    const there = new Set(concerned.map(({ place }) => place));
    desk.whole(rule, wrong, {
      release: (about) => ({
        ending: there.has(about) ? "It has another certificate" : "It is not looked at any more",
        stable: 0,
      }),
      isJudged: (about) => endsAt.has(about) || !there.has(about),
    });
  }
}

function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:443`;
}
