import type { Alert } from "#lib/alerts/shapes.ts";

/** An alert for tests, open since noon. */
export function anAlert(more: Partial<Alert> & { id: string }): Alert {
  return {
    ...{ rule: "failed", kind: "state", service: "local/docker/web", subject: "web", title: "web failed" },
    ...{ why: "Exit 1.", severity: "critical", state: "open", count: 1, parent: null, parts: 0, note: null },
    ...{ openedAt: "2026-11-21T12:00:00.000Z", lastAt: "2026-11-21T12:00:00.000Z", endedAt: null, ending: null },
    ...{ acknowledgedAt: null, acknowledgedBy: null, toldAt: null, untold: null },
    ...more,
  };
}
