import { audited } from "#lib/audit/audited.ts";
import { AppError } from "#lib/platform/errors.ts";
import { requireService } from "./read.ts";
import { snapshot } from "./snapshot.ts";

export interface RevealRequest {
  id: string;
  /** the environment variable's name */
  name: string;
  actor: string;
  address: string;
}

/** One environment variable as it is, its reading written to the trail first. Throws AppError `not_found`, or what the supervisor says. */
export async function reveal(request: RevealRequest): Promise<{ name: string; value: string }> {
  const { id, name, actor, address } = request;
  const service = requireService(id);
  const found = snapshot().find(id);
  return audited({ actor, address, action: "service.reveal", subject: id, intent: { name } }, async () => {
    const inspection = await found?.source.inspect(found.record.name);
    const variable = inspection?.environment.find((one) => one.name === name);
    if (!variable) throw new AppError("not_found", `${service.name} has no environment variable ${name}`);
    return variable;
  });
}
