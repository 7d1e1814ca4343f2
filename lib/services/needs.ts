/** What on this server waits for a person, with the reason and one likely remedy. Facts in time order, never a cause. */
import { formatSince } from "#lib/format/duration.ts";
import type { History } from "./history.ts";
import type { Need, Service } from "./service.ts";

const WINDOW = 15 * 60_000;
/** this many restarts within the window make a loop, also while it is up for a moment between them */
const LOOP = 3;
const ORDER = ["failed", "restarting", "code", "unhealthy"] as const;

/** The needs of a board, in the order to show them: by kind, then newest first. */
export function needsOf(services: Iterable<Service>, history: History, now = Date.now()): Need[] {
  const needs: Need[] = [];
  for (const service of services) {
    const need = needOf(service, history, now);
    if (need) needs.push(need);
  }
  return needs.sort(
    (a, b) =>
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
      (b.since ?? "").localeCompare(a.since ?? "") ||
      a.service.localeCompare(b.service),
  );
}

function needOf(service: Service, history: History, now: number): Need | null {
  if (service.stale || service.pending) return null;
  const base = { service: service.id, since: service.since, evidence: history.of(service.id, now) };
  if (service.state === "failed")
    return { ...base, kind: "failed", what: "failed", why: why(service), action: remedy(service, "start") };
  const loop = history.restarts(service.id, WINDOW, now);
  if (service.state === "restarting" || (loop.count >= LOOP && service.state !== "stopped")) {
    // without a history of its own the supervisor's counter stands alone: when the loop began is not known
    const since = loop.first ?? service.since;
    const count = loop.count || service.restarts;
    const words = `${count} ${count === 1 ? "restart" : "restarts"}`;
    const what = loop.first ? `${words} in ${formatSince(loop.first, now)}` : count > 0 ? words : "waits to restart";
    return { ...base, since, kind: "restarting", what, why: why(service), action: remedy(service, "stop") };
  }
  if (service.code) return { ...base, ...codeNeed(service.code) };
  if (service.health === "unhealthy" && service.state === "running")
    return { ...base, kind: "unhealthy", what: "unhealthy", why: why(service), action: remedy(service, "restart") };
  return null;
}

type ShownCode = NonNullable<Service["code"]>;
const LOGINS: Partial<Record<ShownCode["kind"], string>> = {
  whatsapp: "WhatsApp",
  telegram: "Telegram",
  signal: "Signal",
};

function codeNeed({ kind, since, every }: ShownCode): Omit<Need, "service" | "evidence"> {
  const login = LOGINS[kind];
  const renewed = every === null ? "" : `, renewed every ${every} s`;
  const what = login ? "waits for login" : "shows a code";
  const why = `${login ? `${login} login code` : "QR code"} in its log${renewed}. Nobody has scanned it yet.`;
  return { kind: "code", what, why, since, action: null };
}

const NO_RESTART = "Not set to restart.";

function why(service: Service): string {
  const reason = `${(service.reason ?? `\`${service.nativeState}\``).replace(/\.$/, "")}.`;
  const stays = service.restartPolicy.policy === "no" && service.state === "failed" && !reason.endsWith(NO_RESTART);
  return stays ? `${reason} ${NO_RESTART}` : reason;
}

function remedy<A extends Service["actions"][number]>(service: Service, action: A): A | null {
  return service.actions.includes(action) ? action : null;
}
