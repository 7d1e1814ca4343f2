import { expect, test } from "vitest";
import { anAlert } from "../activity/alert-rig.ts";
import { besideServices, OpenAlerts, waiting } from "./open-alerts.ts";

const ids = (alerts: OpenAlerts) => alerts.list().map(({ id }) => id);

test("an answer that was asked for before an event does not undo it", () => {
  const alerts = new OpenAlerts();
  const [old, ended, taken] = [anAlert({ id: "old" }), anAlert({ id: "ended" }), anAlert({ id: "taken" })];
  alerts.take([old, ended, taken], alerts.turn);
  const asked = alerts.turn;
  alerts.hear({ ...ended, state: "ended" });
  alerts.hear({ ...taken, state: "acknowledged" });
  alerts.hear(anAlert({ id: "new", openedAt: "2026-11-21T13:00:00.000Z" }));
  alerts.take([old, ended, taken], asked);
  expect(ids(alerts)).toEqual(["new", "old", "taken"]);
  expect(waiting(alerts.list()).map(({ id }) => id)).toEqual(["new", "old"]);
});

test("what ended in a break of the stream is gone with the next answer", () => {
  const alerts = new OpenAlerts();
  alerts.hear(anAlert({ id: "a" }));
  alerts.take([anAlert({ id: "b" })], alerts.turn);
  expect(ids(alerts)).toEqual(["b"]);
});

test("nobody has to take on what is told of as a part of another", () => {
  const alerts = [anAlert({ id: "a" }), anAlert({ id: "b", parent: "a" }), anAlert({ id: "c", state: "acknowledged" })];
  expect(waiting(alerts).map(({ id }) => id)).toEqual(["a"]);
});

test("beside the services stands what is none, the longest first, until somebody takes it on", () => {
  const alerts = [
    anAlert({ id: "disk", kind: "disk", service: null, openedAt: "2026-11-21T13:00:00.000Z" }),
    anAlert({ id: "backup", kind: "backup", service: null, openedAt: "2026-11-20T13:00:00.000Z" }),
    anAlert({ id: "taken", kind: "backup", state: "acknowledged" }),
    anAlert({ id: "lone check", kind: "check", service: null, openedAt: "2026-11-21T14:00:00.000Z" }),
    anAlert({ id: "its check", kind: "check", service: "local/docker/web" }),
    anAlert({ id: "failed", kind: "state", service: "local/docker/web" }),
  ];
  expect(besideServices(alerts).map(({ id }) => id)).toEqual(["backup", "disk", "lone check"]);
});
