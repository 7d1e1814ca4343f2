/** A rule in a sentence. */
import { formatDuration } from "#lib/format/duration.ts";
import { plural } from "#lib/format/plural.ts";
import type { RuleRow } from "./rule-row.ts";
import { wordsOf as figureWords, NAMES } from "./watch-host.ts";

export function wordsOf(rule: RuleRow): string {
  const { lasts } = rule;
  const long = lasts > 0 ? ` for ${formatDuration(lasts)}` : "";
  const who = whoOf(rule.services);
  switch (rule.kind) {
    case "state":
      return `${who} ${listed(rule.config.states.map((state) => STATES[state]))}${long}`;
    case "loop":
      return `${who} crashes ${rule.config.restarts} times within ${formatDuration(rule.config.within)}`;
    case "health":
      return `${who} is unhealthy${long}`;
    case "metric": {
      const { series, over, under } = rule.config;
      const whose = series.startsWith("host") ? "the host" : `${who[0]!.toLowerCase()}${who.slice(1)}`;
      const bounds = [
        ...(over === null ? [] : [`over ${figureWords(series, over)}`]),
        ...(under === null ? [] : [`under ${figureWords(series, under)}`]),
      ];
      return `${NAMES[series]} of ${whose} is ${bounds.join(" or ")}${long}`;
    }
    case "log": {
      const { pattern, count, within } = rule.config;
      const often = count === 1 ? "a line" : `${plural(count, "line")} within ${formatDuration(within)}`;
      return `${who} prints ${often} matching \`${pattern}\``;
    }
    case "backup":
      return `There has been no good backup for ${formatDuration(rule.config.days * 86_400)}, although a plan should have made one`;
    case "disk": {
      const { over, fullWithin } = rule.config;
      const soon = fullWithin === null ? "" : `, or will be full within ${formatDuration(fullWithin * 3600)}`;
      return `A disk is more than ${Math.round(over * 100)} % full${soon}`;
    }
    case "certificate":
      return `A certificate ends within ${plural(rule.config.days, "day")}`;
    case "code":
      return `${who} waits for somebody to scan its login code${long}`;
    case "check":
      return `A check is down, or a heartbeat is late${long}`;
  }
}

const STATES = {
  failed: "has failed",
  stopped: "has stopped",
  restarting: "waits to restart",
  paused: "is paused",
  unknown: "cannot be asked",
};

function whoOf(services: readonly string[]): string {
  if (services.length === 0) return "A service";
  return services.length === 1 ? `\`${services[0]}\`` : `One of ${plural(services.length, "pattern")}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
