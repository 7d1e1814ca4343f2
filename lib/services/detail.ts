/** What one service's page shows beyond its row. Secrets are masked here, before anything leaves the server. */
import { z } from "zod";
import type { Inspection } from "#lib/supervisors/supervisor.ts";
import { isSecretName, maskList, maskSecrets, maskText, secretsIn } from "./mask.ts";
import { maskYaml } from "./mask-yaml.ts";

export const detailSchema = z.object({
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  command: z.array(z.string()),
  workingDirectory: z.string().nullable(),
  user: z.string().nullable(),
  environment: z.array(z.object({ name: z.string(), value: z.string().nullable(), masked: z.boolean() })),
  mounts: z.array(
    z.object({
      type: z.enum(["volume", "bind", "tmpfs", "other"]),
      source: z.string(),
      target: z.string(),
      readOnly: z.boolean(),
    }),
  ),
  networks: z.array(z.object({ name: z.string(), address: z.string().nullable(), aliases: z.array(z.string()) })),
  files: z.array(
    z.object({
      path: z.string(),
      role: z.enum(["unit", "drop-in", "script", "compose"]),
      text: z.string().nullable(),
      problem: z.string().nullable(),
    }),
  ),
  native: z.record(z.string(), z.unknown()).describe("the supervisor's own properties, secrets masked"),
});

export type ServiceDetail = z.infer<typeof detailSchema>;

/** An inspection with every secret masked: environment by name and by look, and the same values wherever they recur. */
export function detailOf(inspection: Inspection): ServiceDetail {
  const secrets = secretsOf(inspection);
  const mask = (text: string) => maskText(text, secrets);
  return {
    facts: inspection.facts.map(({ label, value }) => ({ label, value: mask(value) })),
    command: maskList(inspection.command, mask).map(String),
    workingDirectory: inspection.workingDirectory,
    user: inspection.user,
    environment: inspection.environment.map(({ name, value }) => {
      const masked = isSecretName(name) || mask(value) !== value;
      return { name, value: masked ? null : value, masked };
    }),
    mounts: inspection.mounts,
    networks: inspection.networks,
    files: inspection.files.map((file) => ({ ...file, text: file.text && mask(ofFile(file.role, file.text)) })),
    native: maskSecrets(inspection.native, secrets) as Record<string, unknown>,
  };
}

/** Every value in it that is not to be shown, to be masked wherever else it recurs. */
export function secretsOf(inspection: Inspection): string[] {
  const kept = inspection.environment
    .filter(({ name, value }) => isSecretName(name) || maskText(value, []) !== value)
    .map(({ value }) => value);
  // longest first: one can be part of another
  return [...new Set([...kept, ...secretsIn(inspection.command), ...secretsIn(inspection.native)])].sort(
    (a, b) => b.length - a.length,
  );
}

function ofFile(role: Inspection["files"][number]["role"], text: string): string {
  return role === "compose" ? maskYaml(text) : text;
}
