/** The alerts that are open, as this tab knows them: read once, kept current by events. Newest first. */
import type { Alert } from "#lib/alerts/shapes.ts";

export class OpenAlerts {
  #byId = new Map<string, Alert>();
  #heard = new Map<string, number>();
  #turn = 0;
  #list: readonly Alert[] = [];

  /** the same list until one of them changes */
  list(): readonly Alert[] {
    return this.#list;
  }

  /** Where events stand now: an answer that is asked for from here on knows of everything before it. */
  get turn(): number {
    return this.#turn;
  }

  hear(alert: Alert): void {
    this.#turn += 1;
    this.#heard.set(alert.id, this.#turn);
    if (alert.state === "ended") this.#byId.delete(alert.id);
    else this.#byId.set(alert.id, alert);
    this.#relist();
  }

  /** Takes in what the server said are the open ones. What was heard after `since`, when it was asked, is newer than that. */
  take(alerts: readonly Alert[], since: number): void {
    const isNewer = (id: string) => (this.#heard.get(id) ?? 0) > since;
    const own = [...this.#byId.values()].filter(({ id }) => isNewer(id));
    this.#byId = new Map([...alerts.filter(({ id }) => !isNewer(id)), ...own].map((alert) => [alert.id, alert]));
    for (const id of [...this.#heard.keys()]) if (!isNewer(id)) this.#heard.delete(id);
    this.#relist();
  }

  #relist(): void {
    this.#list = [...this.#byId.values()].sort((a, b) => b.openedAt.localeCompare(a.openedAt));
  }
}

/** Those that nobody has taken on, and that are not told of as a part of another. */
export function waiting(alerts: readonly Alert[]): Alert[] {
  return alerts.filter(({ state, parent }) => state === "open" && parent === null);
}

/** What an alert is about that no row of the board shows: neither a service's own state nor its health. */
export type BesideServices = Alert & { kind: "backup" | "disk" | "certificate" | "check" };

/** Those of the waiting ones that the rows of services do not tell of, oldest first. */
export function besideServices(alerts: readonly Alert[]): BesideServices[] {
  return waiting(alerts)
    .filter(isBeside)
    .sort((a, b) => a.openedAt.localeCompare(b.openedAt));
}

function isBeside(alert: Alert): alert is BesideServices {
  const { kind, service } = alert;
  return kind === "backup" || kind === "disk" || kind === "certificate" || (kind === "check" && service === null);
}
