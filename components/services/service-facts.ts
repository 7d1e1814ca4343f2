/** The short list of facts beside a service: what its tool's own page says first, then what every service has. */
import { formatDuration } from "#lib/format/duration.ts";
import { plural } from "#lib/format/plural.ts";
import { formatPorts } from "#lib/format/ports.ts";
import type { ServiceDetail } from "#lib/services/detail.ts";
import type { Service } from "#lib/services/service.ts";

interface Fact {
  label: string;
  value: string;
  /** the machine's words, against ours */
  mono: boolean;
}

const SOURCE = { systemd: "Unit file", pm2: "Script", docker: "Image", podman: "Image" } as const;
export const FACTS_TITLE = { systemd: "Unit", pm2: "Process", docker: "Container", podman: "Container" } as const;

/** `detail` null: its supervisor does not give more now. */
export function serviceFacts(service: Service, detail: ServiceDetail | null): Fact[] {
  const own: Fact[] = (detail?.facts ?? []).map(({ label, value }) => ({ label, value, mono: isMachineWord(value) }));
  const facts: Fact[] = [{ label: "Status", value: service.nativeState, mono: false }];
  const add = (label: string, value: string | null, mono = false) => {
    const known = own.some((fact) => fact.label.toLowerCase() === label.toLowerCase());
    if (value !== null && value !== "" && !known) facts.push({ label, value, mono });
  };
  add(SOURCE[service.supervisor], service.source, true);
  facts.push(...own.filter((fact) => fact.label.toLowerCase() !== "status"));
  add("Restart policy", own.some((fact) => fact.label === "Restart") ? null : restartWords(service.restartPolicy));
  add("Restarts", service.restarts > 0 ? `${service.restarts} since it was last started by hand` : "none");
  add("Starts at boot", service.startsAtBoot === null ? null : service.startsAtBoot ? "yes" : "no");
  add("Ports", formatPorts(service.ports).join(" ") || null, true);
  if (detail && detail.environment.length > 0) add("Environment", environmentWords(detail.environment));
  return facts;
}

/** `on-failure after 5 s, at most 3 in 1 min`. */
export function restartWords({ policy, delay, limit, window }: Service["restartPolicy"]): string {
  if (policy === "no") return "no";
  const after = delay === null || delay === 0 ? "" : ` after ${delay < 1 ? `${delay} s` : formatDuration(delay)}`;
  const most = limit === null ? "" : `, at most ${limit}${window === null ? "" : ` in ${formatDuration(window)}`}`;
  return `${policy}${after}${most}`;
}

function environmentWords(environment: ServiceDetail["environment"]): string {
  const hidden = environment.filter((variable) => variable.masked).length;
  return `${plural(environment.length, "variable")}${hidden > 0 ? `, ${hidden} hidden` : ""}`;
}

/** Paths, digests, images, numbers with units of the tool: anything that is not a sentence. */
function isMachineWord(value: string): boolean {
  return /[/:@]|^[\w.-]*\d[\w.-]*$/.test(value) && !/^\d+$/.test(value);
}
