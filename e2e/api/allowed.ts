/**
 * Who may call what, out of the sentences of the public contract and of nothing in the code: "viewer reads; operator also
 * acts on services and makes backups; admin also restores, deletes, edits configuration and manages users, tokens and
 * settings", and everything about oneself is for whoever is signed in. A route that is not here fails the test.
 */

export type Need = "anybody" | "oneself" | "viewer" | "operator" | "admin";

export interface Rule {
  need: Need;
  /** about the service in the path, or those of `?service=` */
  about?: "path" | "query";
  /** not for who is limited to some services */
  whole?: true;
  /** takes a session that was signed in within the last ten minutes */
  fresh?: true;
  /** only a browser's session can do it: a token has no password, no second factor and no passkey */
  session?: true;
}

const anybody: Rule = { need: "anybody" };
const mine: Rule = { need: "oneself" };
const browser: Rule = { need: "oneself", session: true };
const confirmed: Rule = { need: "oneself", session: true, fresh: true };
const reads: Rule = { need: "viewer" };
const service: Rule = { need: "viewer", about: "path" };
const services: Rule = { need: "viewer", about: "query" };
const manages: Rule = { need: "admin", fresh: true };

export const ROUTES: Record<string, Rule> = {
  "GET /api/health/live": anybody,
  "GET /api/health/ready": anybody,
  "GET /api/metrics": reads,
  "POST /api/auth/sign-in/username": anybody,
  "POST /api/auth/sign-in/social": anybody,
  "GET /api/auth/callback/oidc": anybody,
  "POST /api/auth/two-factor/verify-totp": anybody,
  "POST /api/auth/two-factor/verify-backup-code": anybody,
  "GET /api/auth/passkey/generate-authenticate-options": anybody,
  "POST /api/auth/passkey/verify-authentication": anybody,
  "POST /api/auth/sign-out": browser,
  "POST /api/auth/change-password": browser,
  "POST /api/auth/two-factor/enable": confirmed,
  "POST /api/auth/two-factor/disable": confirmed,
  "POST /api/auth/two-factor/generate-backup-codes": confirmed,
  "GET /api/auth/passkey/generate-register-options": confirmed,
  "POST /api/auth/passkey/verify-registration": confirmed,
  "GET /api/auth/passkey/list-user-passkeys": browser,
  "POST /api/auth/passkey/update-passkey": browser,
  "POST /api/auth/passkey/delete-passkey": confirmed,
  "GET /api/v1/setup": anybody,
  "POST /api/v1/setup": anybody,
  "POST /api/v1/setup/check": anybody,
  "GET /api/v1/sign-in-methods": anybody,
  "GET /api/v1/me": mine,
  "POST /api/v1/me/step-up": browser,
  "GET /api/v1/sessions": mine,
  "DELETE /api/v1/sessions": mine,
  "DELETE /api/v1/sessions/{id}": mine,
  "GET /api/v1/users": { need: "admin" },
  "GET /api/v1/users/{id}": { need: "admin" },
  "POST /api/v1/users": manages,
  "PATCH /api/v1/users/{id}": manages,
  "DELETE /api/v1/users/{id}": manages,
  "DELETE /api/v1/users/{id}/sessions": manages,
  "DELETE /api/v1/users/{id}/two-factor": manages,
  "GET /api/v1/tokens": mine,
  "POST /api/v1/tokens": { need: "oneself", fresh: true },
  "DELETE /api/v1/tokens/{id}": { need: "oneself", fresh: true },
  "GET /api/v1/audit": { need: "admin" },
  "GET /api/v1/audit/verify": { need: "admin" },
  "GET /api/v1/audit/export": { need: "admin" },
  "GET /api/v1/alerts": reads,
  "GET /api/v1/alerts/{id}": reads,
  "POST /api/v1/alerts/{id}/acknowledge": { need: "operator" },
  "GET /api/v1/alerts/rules": reads,
  "POST /api/v1/alerts/rules": { need: "admin" },
  "PATCH /api/v1/alerts/rules/{id}": { need: "admin" },
  "DELETE /api/v1/alerts/rules/{id}": { need: "admin" },
  "GET /api/v1/alerts/mutes": reads,
  // of everything; who is limited to some services names those
  "POST /api/v1/alerts/mutes": { need: "operator", whole: true },
  "PATCH /api/v1/alerts/mutes/{id}": { need: "operator" },
  "DELETE /api/v1/alerts/mutes/{id}": { need: "operator" },
  "GET /api/v1/schedules": reads,
  "GET /api/v1/schedules/preview": reads,
  "POST /api/v1/schedules": { need: "admin" },
  "PATCH /api/v1/schedules/{id}": { need: "admin" },
  "DELETE /api/v1/schedules/{id}": { need: "admin" },
  "POST /api/v1/schedules/{id}/run": { need: "operator" },
  "GET /api/v1/destinations": { need: "operator" },
  "POST /api/v1/destinations": manages,
  "PATCH /api/v1/destinations/{id}": manages,
  "DELETE /api/v1/destinations/{id}": manages,
  "POST /api/v1/destinations/{id}/check": { need: "admin" },
  "GET /api/v1/channels": reads,
  "POST /api/v1/channels": { need: "admin" },
  "PATCH /api/v1/channels/{id}": { need: "admin" },
  "DELETE /api/v1/channels/{id}": { need: "admin" },
  "POST /api/v1/channels/{id}/test": { need: "admin" },
  "GET /api/v1/push/key": mine,
  "GET /api/v1/push/subscriptions": mine,
  "POST /api/v1/push/subscriptions": mine,
  "DELETE /api/v1/push/subscriptions/{id}": mine,
  "GET /api/v1/encryptions": { need: "operator" },
  "POST /api/v1/encryptions": manages,
  "GET /api/v1/encryptions/{id}/kit": manages,
  "DELETE /api/v1/encryptions/{id}": manages,
  "GET /api/v1/services": reads,
  "GET /api/v1/services/{host}/{scope}/{name}": service,
  "GET /api/v1/services/{host}/{scope}/{name}/metrics": service,
  "GET /api/v1/services/{host}/{scope}/{name}/events": service,
  "GET /api/v1/activity": reads,
  "PATCH /api/v1/services/{host}/{scope}/{name}": { need: "admin", about: "path" },
  "POST /api/v1/services/{host}/{scope}/{name}/reveal": { need: "admin", about: "path", fresh: true },
  "POST /api/v1/services/{host}/{scope}/{name}/{action}": { need: "operator", about: "path" },
  "GET /api/v1/services/{host}/{scope}/{name}/logs": service,
  "GET /api/v1/services/{host}/{scope}/{name}/logs/download": service,
  "GET /api/v1/services/{host}/{scope}/{name}/logs/histogram": service,
  "GET /api/v1/logs": services,
  "GET /api/v1/logs/download": services,
  "GET /api/v1/logs/histogram": services,
  "GET /api/v1/log-sources": reads,
  "GET /api/v1/log-sources/boots": reads,
  "POST /api/v1/log-sources": manages,
  "DELETE /api/v1/log-sources/{key}": { need: "admin" },
  "POST /api/v1/relay/decode": reads,
  "GET /api/v1/relay/codes": reads,
  "GET /api/v1/relay/codes/{host}/{scope}/{file}": { need: "operator" },
  "GET /api/v1/services/{host}/{scope}/{name}/relay-pattern": service,
  "PUT /api/v1/services/{host}/{scope}/{name}/relay-pattern": { need: "admin", about: "path" },
  "DELETE /api/v1/services/{host}/{scope}/{name}/relay-pattern": { need: "admin", about: "path" },
  "GET /api/v1/relay/links": { need: "operator" },
  "POST /api/v1/relay/links": { need: "operator" },
  "PATCH /api/v1/relay/links/{id}": { need: "operator" },
  "DELETE /api/v1/relay/links/{id}": { need: "operator" },
  "POST /api/v1/relay/guest": anybody,
  "GET /api/v1/relay/guest": anybody,
  "GET /api/v1/relay/guest.svg": anybody,
  "GET /api/v1/relay/guest/events": anybody,
  "GET /api/v1/events": reads,
  "GET /api/v1/host": reads,
  "GET /api/v1/host/disks": reads,
  "GET /api/v1/ports": reads,
  "GET /api/v1/reboot": reads,
  "GET /api/v1/volumes": reads,
  "POST /api/v1/volumes": { need: "admin" },
  "GET /api/v1/volumes/{host}/{scope}/{name}": service,
  "PATCH /api/v1/volumes/{host}/{scope}/{name}": { need: "admin", about: "path" },
  "DELETE /api/v1/volumes/{host}/{scope}/{name}": { need: "admin", about: "path", fresh: true },
  "POST /api/v1/volumes/{host}/{scope}/{name}/clone": { need: "admin", about: "path" },
  "GET /api/v1/volumes/{host}/{scope}/{name}/files": service,
  "GET /api/v1/volumes/{host}/{scope}/{name}/file": service,
  "GET /api/v1/coverage": reads,
  "GET /api/v1/services/{host}/{scope}/{name}/backup-labels": { need: "admin", about: "path" },
  "PUT /api/v1/services/{host}/{scope}/{name}/backup-labels": { need: "admin", about: "path", fresh: true },
  "DELETE /api/v1/services/{host}/{scope}/{name}/backup-labels": { need: "admin", about: "path", fresh: true },
  "GET /api/v1/host/metrics": reads,
  "GET /api/v1/jobs": reads,
  "GET /api/v1/jobs/{id}": reads,
  "POST /api/v1/jobs/{id}/cancel": { need: "operator" },
  "POST /api/v1/jobs/{id}/undo": { need: "admin", fresh: true },
  "GET /api/v1/backups": reads,
  "POST /api/v1/backups": { need: "operator" },
  "POST /api/v1/backups/import": { need: "operator", whole: true },
  "GET /api/v1/backups/{id}": reads,
  "PATCH /api/v1/backups/{id}": { need: "operator" },
  "DELETE /api/v1/backups/{id}": { need: "admin", fresh: true },
  "GET /api/v1/backups/{id}/archive": reads,
  "GET /api/v1/backups/{id}/manifest": reads,
  "GET /api/v1/backups/{id}/files": reads,
  "GET /api/v1/backups/{id}/file": reads,
  "GET /api/v1/backups/{id}/restore-plan": { need: "admin" },
  "POST /api/v1/backups/{id}/verify": { need: "operator" },
  "POST /api/v1/backups/{id}/drill": { need: "operator" },
  "POST /api/v1/backups/{id}/restore": { need: "admin", fresh: true },
  "GET /api/v1/checks": reads,
  "POST /api/v1/checks": { need: "admin" },
  "GET /api/v1/checks/{id}": reads,
  "PATCH /api/v1/checks/{id}": { need: "admin" },
  "DELETE /api/v1/checks/{id}": { need: "admin" },
  "POST /api/v1/checks/{id}/run": { need: "operator" },
  "GET /api/v1/checks/{id}/results": reads,
  "GET /api/v1/heartbeats/{key}": anybody,
  "POST /api/v1/heartbeats/{key}": anybody,
  "GET /api/v1/heartbeats/{key}/start": anybody,
  "POST /api/v1/heartbeats/{key}/start": anybody,
  "GET /api/v1/heartbeats/{key}/fail": anybody,
  "POST /api/v1/heartbeats/{key}/fail": anybody,
  "GET /api/v1/openapi.json": reads,
  "GET /api/v1/docs": reads,
};

/** Pages, by the build's own list of them. */
export const PAGES: Record<string, { need: Need; path: string }> = {
  "/(panel)/page": { need: "viewer", path: "/" },
  "/(panel)/logs/page": { need: "viewer", path: "/logs" },
  "/(panel)/volumes/page": { need: "viewer", path: "/volumes" },
  "/(panel)/volumes/[...id]/page": { need: "viewer", path: "/volumes/local/docker/wa-db" },
  "/(panel)/backups/page": { need: "viewer", path: "/backups" },
  "/(panel)/backups/[id]/page": { need: "viewer", path: "/backups/00000000-0000-4000-8000-000000000000" },
  "/(panel)/backups/plans/page": { need: "viewer", path: "/backups/plans" },
  "/(panel)/backups/coverage/page": { need: "viewer", path: "/backups/coverage" },
  "/(panel)/backups/destinations/page": { need: "operator", path: "/backups/destinations" },
  "/(panel)/backups/jobs/page": { need: "viewer", path: "/backups/jobs" },
  "/(panel)/(watch)/activity/page": { need: "viewer", path: "/activity" },
  "/(panel)/(watch)/alerts/page": { need: "viewer", path: "/alerts" },
  "/(panel)/(watch)/alerts/[id]/page": { need: "viewer", path: "/alerts/00000000-0000-4000-8000-000000000000" },
  "/(panel)/relay/page": { need: "viewer", path: "/relay" },
  "/(panel)/relay/decode/page": { need: "viewer", path: "/relay/decode" },
  "/(panel)/(watch)/checks/page": { need: "viewer", path: "/checks" },
  "/(panel)/(watch)/alerts/rules/page": { need: "viewer", path: "/alerts/rules" },
  "/(panel)/(watch)/alerts/channels/page": { need: "viewer", path: "/alerts/channels" },
  "/(panel)/host/page": { need: "viewer", path: "/host" },
  "/(panel)/host/ports/page": { need: "viewer", path: "/host/ports" },
  "/(panel)/host/reboot/page": { need: "viewer", path: "/host/reboot" },
  "/(panel)/services/[...id]/page": { need: "viewer", path: "/services/local/docker/wa-scheduler-api" },
  "/(panel)/settings/page": { need: "oneself", path: "/settings" },
  "/(panel)/settings/people/page": { need: "admin", path: "/settings/people" },
  "/(panel)/settings/tokens/page": { need: "oneself", path: "/settings/tokens" },
  "/(panel)/settings/sessions/page": { need: "oneself", path: "/settings/sessions" },
  "/(panel)/settings/sign-in/page": { need: "oneself", path: "/settings/sign-in" },
  "/(panel)/settings/appearance/page": { need: "oneself", path: "/settings/appearance" },
  "/(panel)/settings/about/page": { need: "oneself", path: "/settings/about" },
  "/(panel)/settings/audit/page": { need: "admin", path: "/settings/audit" },
  "/(auth)/sign-in/page": { need: "anybody", path: "/sign-in" },
  "/(auth)/sign-in/done/page": { need: "anybody", path: "/sign-in/done" },
  "/(auth)/setup/page": { need: "anybody", path: "/setup" },
  "/_not-found/page": { need: "anybody", path: "/nothing-here" },
  "/_global-error/page": { need: "anybody", path: "/_global-error" },
};

export interface Who {
  name: string;
  headers: Record<string, string>;
  /** null: nobody, however it looks */
  role: "viewer" | "operator" | "admin" | null;
  kind: "session" | "token";
  /** true: only services whose name begins with `wa-` */
  narrowed?: true;
  /** true: only to read */
  readsOnly?: true;
  /** true: signed in longer than ten minutes ago */
  stale?: true;
  /** what was sent is no credential any more */
  broken?: true;
}

export type Verdict = "in" | "unauthenticated" | "forbidden" | "step-up";

const RANK = ["viewer", "operator", "admin"];

/** What must come of it. `service`: the one that the request is about, within `wa-*` or not. */
export function verdict(who: Who, rule: Rule, inPattern: boolean, isReading: boolean): Verdict {
  if (rule.need === "anybody") return "in";
  if (who.role === null) return "unauthenticated";
  if (rule.need === "oneself") {
    if (who.kind === "token" && (rule.session || !isReading)) return "forbidden";
  } else {
    if (RANK.indexOf(who.role) < RANK.indexOf(rule.need)) return "forbidden";
    if (who.readsOnly && rule.need !== "viewer") return "forbidden";
    if (who.narrowed && (rule.need === "admin" || rule.whole || (rule.about && !inPattern))) return "forbidden";
  }
  return rule.fresh && who.stale ? "step-up" : "in";
}
