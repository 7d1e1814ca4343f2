import { record } from "#lib/audit/store.ts";
import { requireService } from "./read.ts";
import type { Service } from "./service.ts";
import { snapshot } from "./snapshot.ts";
import { writeMark } from "./store.ts";

export interface MarkRequest {
  id: string;
  pinned?: boolean | undefined;
  protected?: boolean | undefined;
  actor: string;
  address: string;
}

/** Pins or protects a service; what is not named stays. Throws AppError `not_found`. */
export async function mark(request: MarkRequest): Promise<Service> {
  const before = requireService(request.id);
  const after = { pinned: request.pinned ?? before.pinned, protected: request.protected ?? before.protected };
  const fact = {
    actor: request.actor,
    address: request.address,
    action: "service.mark",
    subject: request.id,
    intent: after,
  };
  await record({ ...fact, outcome: "done", detail: null, closes: null });
  await writeMark(request.id, after);
  snapshot().setMark(request.id, after);
  return requireService(request.id);
}
