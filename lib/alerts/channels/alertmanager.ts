import { SEVERITIES } from "../shapes.ts";
import { post } from "./post.ts";
import type { Sender } from "./sender.ts";
import type { Message } from "./shapes.ts";
import { cleaned, cut, oneLine } from "./wording.ts";

/** It takes an alert for ended that nobody repeats. Here each is told when it begins and when it ends: until then it is open. */
const OPEN_FOR = 365 * 86_400_000;
const TEST_FOR = 60_000;

/** told with an alert and no part of what makes it the same one */
const PASSING = "duration";

/** https://prometheus.io/docs/alerting/latest/alerts_api: every message as an alert of its own, its end as its end. */
export const sendAlertmanager: Sender<"alertmanager"> = async ({ config, secrets, messages, signal }) => {
  // that somebody has taken note changes nothing there
  const alerts = messages.filter(({ kind }) => kind !== "acknowledged").flatMap(alertsOf);
  if (alerts.length === 0) return "Alertmanager is not told of what is acknowledged";
  const auth = config.user === null ? null : Buffer.from(`${config.user}:${secrets.password ?? ""}`).toString("base64");
  await post({
    url: `${config.server.replace(/\/+$/, "")}/api/v2/alerts`,
    headers: auth === null ? {} : { authorization: `Basic ${auth}` },
    body: JSON.stringify(alerts),
    reach: config,
    signal,
  });
  return "Alertmanager took it";
};

/** Labels make an alert the same one there, and the severity is one: with another than before, the one before has ended. */
function alertsOf(message: Message) {
  const mayHaveChanged = message.kind === "again" || message.kind === "recovered";
  const others = mayHaveChanged ? SEVERITIES.filter((severity) => severity !== message.severity) : [];
  return [alertOf(message), ...others.map((severity) => alertOf({ ...message, severity, kind: "recovered" }))];
}

function alertOf({ kind, severity, title, text, host, service, url, at, incident, labels }: Message) {
  const began = Date.parse(at);
  const ends = kind === "recovered" ? began : began + (kind === "test" ? TEST_FOR : OPEN_FOR);
  return {
    labels: {
      alertname: kind === "test" ? "TrihelmTest" : "TrihelmAlert",
      ...labelsOf(labels),
      severity,
      instance: oneLine(host),
      ...(service === null ? {} : { service_id: oneLine(service) }),
      ...(incident === null ? {} : { incident }),
    },
    annotations: { summary: cut(oneLine(title), 200), description: cut(cleaned(text), 2000) },
    // without a beginning the one that it knows stays
    ...(kind === "recovered" ? {} : { startsAt: new Date(began).toISOString() }),
    endsAt: new Date(ends).toISOString(),
    generatorURL: url,
  };
}

/** Names as Prometheus takes them; an empty value is none. */
function labelsOf(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .map(([name, value]) => [
        name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "_"),
        cut(oneLine(value), 300),
      ])
      .filter(([name, value]) => value !== "" && name !== PASSING),
  );
}
