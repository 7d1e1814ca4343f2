/** What each kind of check is made of, as its form asks for it. */
import type { CheckKind } from "#lib/checks/shapes.ts";
import type { Field } from "@/components/forms/fields.ts";

interface KindWords {
  label: string;
  /** what it does, and when it fails */
  says: string;
  fields: readonly Field[];
}

export const CHECKS: Record<CheckKind, KindWords> = {
  http: {
    label: "HTTP",
    says: "Asks an address, and fails when the answer is not the expected one.",
    fields: [
      {
        name: "url",
        label: "Address",
        placeholder: "http://127.0.0.1:3000/health",
        required: true,
        wide: true,
        mono: true,
      },
      {
        name: "method",
        label: "Method",
        type: "choice",
        usual: "GET",
        options: ["GET", "HEAD", "POST"].map((value) => ({ value, label: value })),
      },
      {
        name: "expect",
        label: "Expected status",
        usual: "200-399",
        hint: "As in 200, 2xx, 200-399 or 200,301.",
        mono: true,
      },
      { name: "contains", label: "Text in the answer", nullable: true, wide: true, hint: "Empty: any answer will do." },
      { name: "headers", label: "Headers", type: "pairs", placeholder: "Authorization: Bearer …", hint: "One a line." },
      { name: "verify", label: "Its certificate has to be valid", type: "flag", usual: true },
    ],
  },
  tcp: {
    label: "TCP",
    says: "Connects to a port, and fails when nothing answers.",
    fields: [
      { name: "host", label: "Host", usual: "127.0.0.1", required: true, mono: true },
      { name: "port", label: "Port", type: "number", required: true, least: 1, most: 65_535 },
    ],
  },
  command: {
    label: "Command",
    says: "Runs a command, and fails when it ends with anything but 0.",
    fields: [
      {
        name: "command",
        label: "Command",
        type: "lines",
        required: true,
        placeholder: "pg_isready\n-h\n127.0.0.1",
        hint: "One argument a line. No shell: | $ and * stand for themselves.",
      },
      {
        name: "inside",
        label: "Inside the service's container",
        type: "flag",
        hint: "Else on this server, with Trihelm's own rights.",
      },
    ],
  },
  silent: {
    label: "Silence",
    says: "Fails when a service prints nothing for a while.",
    fields: [
      { name: "minutes", label: "Silent for", type: "span", unit: 60, usual: 1800 },
      { name: "matching", label: "Only lines that match", nullable: true, hint: "RE2. Empty: any line.", mono: true },
    ],
  },
  prints: {
    label: "Words after its start",
    says: "Fails when a service has started and does not print something in time.",
    fields: [
      { name: "pattern", label: "Has to print", required: true, placeholder: "listening on", hint: "RE2.", mono: true },
      { name: "within", label: "Within", type: "span", usual: 60, hint: "After its start." },
    ],
  },
  heartbeat: {
    label: "Heartbeat",
    says: "A job calls an address when it is done. Late when the call does not come.",
    fields: [],
  },
};

export const CHECK_KIND_OPTIONS = (Object.keys(CHECKS) as CheckKind[]).map((value) => ({
  value,
  label: CHECKS[value].label,
}));

/** Whether it is about what a service does, so that it cannot be without one. */
export function needsService(kind: CheckKind): boolean {
  return kind === "silent" || kind === "prints";
}
