/** What each kind of rule is made of, as its form asks for it. */
import type { RuleKind, Severity } from "#lib/alerts/shapes.ts";
import type { Field, FieldValues } from "@/components/forms/fields.ts";

const DAY = 86_400;

const METRICS = [
  { value: "cpu", label: "CPU of a service, of one core", type: "percent" },
  { value: "memory", label: "Memory of a service", type: "number" },
  { value: "memoryShare", label: "Memory of a service against its limit", type: "percent" },
  { value: "hostCpu", label: "CPU of the host, of all cores", type: "percent" },
  { value: "hostMemoryShare", label: "Memory of the host", type: "percent" },
  { value: "hostLoad", label: "Load of the host", type: "number" },
] as const;

const MB = 1_048_576;

interface KindWords {
  label: string;
  says: string;
  fields: readonly Field[];
  /** it is about no service, so that none are asked for */
  ofHost?: true;
}

const RULES: Record<RuleKind, KindWords> = {
  state: {
    label: "State",
    says: "Tells when a service is in one of these states.",
    fields: [
      {
        name: "states",
        label: "States",
        type: "choices",
        usual: ["failed"],
        options: ["failed", "stopped", "restarting", "paused", "unknown"].map((value) => ({ value, label: value })),
      },
    ],
  },
  loop: {
    label: "Restart loop",
    says: "Tells when a service restarts again and again. It has ended when it stays up.",
    fields: [
      { name: "restarts", label: "Restarts", type: "number", usual: "3", least: 2, required: true },
      { name: "within", label: "Within", type: "span", usual: 900 },
      { name: "stable", label: "Over after", type: "span", usual: 600, hint: "So long without a restart." },
    ],
  },
  health: { label: "Health", says: "Tells when a service runs and is unhealthy, by itself or by a check.", fields: [] },
  metric: {
    label: "Figure",
    says: "Tells when a figure is over or under a bound for a while.",
    fields: [{ name: "series", label: "Figure", type: "choice", usual: "memoryShare", options: METRICS, wide: true }],
  },
  log: {
    label: "Log line",
    says: "Tells when a service prints lines that match.",
    fields: [
      {
        name: "pattern",
        label: "Pattern",
        required: true,
        wide: true,
        mono: true,
        placeholder: "(?i)out of memory",
        hint: "RE2, looked for in each line.",
      },
      { name: "count", label: "Lines", type: "number", usual: "1", least: 1, required: true },
      { name: "within", label: "Within", type: "span", usual: 300 },
    ],
  },
  backup: {
    label: "Backup",
    says: "Tells when what has a plan has had no good backup for a while.",
    fields: [{ name: "days", label: "No good backup for", type: "span", unit: DAY, usual: 2 * DAY }],
  },
  disk: {
    label: "Disk",
    says: "Tells when a disk is nearly full, or will be soon as it grows now.",
    ofHost: true,
    fields: [
      { name: "over", label: "Fuller than", type: "percent", usual: "90", least: 1, most: 100, required: true },
      {
        name: "fullWithin",
        label: "Or full within",
        type: "span",
        unit: 3600,
        usual: DAY,
        nullable: true,
        hint: "Empty: that does not matter.",
      },
    ],
  },
  certificate: {
    label: "Certificate",
    says: "Tells when a certificate that a check has seen ends soon.",
    fields: [{ name: "days", label: "Ends within", type: "span", unit: DAY, usual: 14 * DAY }],
  },
  code: { label: "Login code", says: "Tells when a service shows a code and nobody scans it.", fields: [] },
  check: { label: "Check", says: "Tells when a check is down, or a heartbeat is late.", fields: [] },
};

export const RULE_KIND_OPTIONS = (Object.keys(RULES) as RuleKind[]).map((value) => ({
  value,
  label: RULES[value].label,
}));

export const SEVERITY_OPTIONS: readonly { value: Severity; label: string }[] = [
  { value: "info", label: "For information" },
  { value: "warning", label: "Warning" },
  { value: "critical", label: "Critical" },
];

export const saysOf = (kind: RuleKind) => RULES[kind].says;

/** Its fields; a bound is asked for in the unit of the figure that is chosen. */
export function fieldsOf(kind: RuleKind, { series }: Readonly<Record<string, unknown>>): readonly Field[] {
  const { fields } = RULES[kind];
  if (kind !== "metric") return fields;
  const { type } = METRICS.find(({ value }) => value === series) ?? METRICS[2];
  const [words, unit] = series === "memory" ? [", in MB", MB] : ["", 1];
  const bound = { type, unit, nullable: true, least: 0 } as const;
  return [
    ...fields,
    { ...bound, name: "over", label: `Over${words}`, ...(type === "percent" ? { usual: "90" } : {}) },
    { ...bound, name: "under", label: `Under${words}`, hint: "One of both is enough." },
  ];
}

/** Whether services can be named: the host and its disks have none. */
export function isOfServices(kind: RuleKind, { series }: FieldValues): boolean {
  return !RULES[kind].ofHost && !(kind === "metric" && String(series).startsWith("host"));
}
