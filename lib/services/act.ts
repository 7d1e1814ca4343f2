/** One way for every action: one at a time per service, asked about where it is risky, written down before and after. */
import { record } from "#lib/audit/store.ts";
import { monotonic, timestamp } from "#lib/platform/clock.ts";
import { AppError, isAbort, messageOf } from "#lib/platform/errors.ts";
import { type ServiceAction, SupervisorError } from "#lib/supervisors/supervisor.ts";
import { requireService } from "./read.ts";
import { isOwn, servedThrough } from "./self.ts";
import type { Service } from "./service.ts";
import { snapshot } from "./snapshot.ts";

export interface ActRequest {
  id: string;
  action: ServiceAction;
  /** seconds the processes get to end by themselves; null: the supervisor's own setting */
  timeout: number | null;
  signal: string | null;
  /** go on although a start limit would be hit */
  force: boolean;
  /** the service's name, where the action asks for it */
  confirm: string | null;
  actor: string;
  address: string;
}

export interface ActResult {
  service: Service;
  tookMs: number;
}

// systemd gives a unit 90 s to stop unless told otherwise; then it kills, which takes a moment
const PATIENCE = 100;
const ENDS: readonly ServiceAction[] = ["stop", "kill", "pause"];

/**
 * Does it, and answers when the supervisor says that it is done. Throws AppError: `conflict` while an action is under way
 * (`joined: true` when it is the same one: nothing is done twice), when a name must be confirmed (`confirm`, with
 * `typed` where a person should type it) or a start limit would be hit (`retryAfter`, seconds); `action_failed` with the
 * supervisor's words; `timeout`.
 */
export async function act(request: ActRequest): Promise<ActResult> {
  const service = requireService(request.id);
  const { source, record: known } = snapshot().find(request.id)!;
  refuseSecond(service, request.action);
  // claimed before the first await, so that two clicks at once cannot both pass
  snapshot().setPending(request.id, { action: request.action, since: timestamp(), actor: request.actor });
  const from = monotonic();
  try {
    await refuseUnconfirmed(service, request);
    const intent = await write(request, { outcome: "intended", detail: null, closes: null });
    const patience = AbortSignal.timeout(((request.timeout ?? PATIENCE) + 20) * 1000);
    try {
      const { timeout, signal, force } = request;
      const detached = isOwn(service) && request.action !== "start";
      await source.act(known.name, request.action, { timeout, signal, force, detached }, patience);
      if (!detached) await refresh(request.id);
    } catch (error) {
      const failure = asAppError(error, request, patience);
      await write(request, { outcome: "failed", detail: failure.message, closes: intent });
      throw failure;
    }
    await write(request, { outcome: "done", detail: null, closes: intent });
  } finally {
    snapshot().setPending(request.id, null);
  }
  return { service: snapshot().service(request.id) ?? service, tookMs: Math.round(monotonic() - from) };
}

function refuseSecond(service: Service, action: ServiceAction): void {
  const pending = service.pending;
  if (!pending) return;
  throw new AppError("conflict", `${service.name}: ${pending.action} is under way, asked for by ${pending.actor}`, {
    extensions: { joined: pending.action === action },
  });
}

async function refuseUnconfirmed(service: Service, request: ActRequest): Promise<void> {
  if (!ENDS.includes(request.action) || request.confirm === service.name) return;
  const ask = (detail: string, typed: boolean) =>
    new AppError("conflict", detail, { extensions: { confirm: service.name, typed } });
  if (service.protected) throw ask(`${service.name} is protected.`, true);
  const through = await servedThrough(service);
  if (through) throw ask(through, false);
}

/** The watch brings the truth too, but the answer of this call should already hold it. */
async function refresh(id: string): Promise<void> {
  const found = snapshot().find(id);
  const record = (await found?.source.list())?.find((candidate) => candidate.name === found?.record.name);
  if (found && record) snapshot().apply(found.source, { type: "changed", record });
}

function asAppError(error: unknown, request: ActRequest, patience: AbortSignal): AppError {
  if (patience.aborted && (isAbort(error) || error === patience.reason))
    return new AppError("timeout", `${request.action} was not done in time. It may still end: watch the state`, {
      cause: error,
    });
  if (error instanceof SupervisorError || error instanceof AppError) return error;
  return new AppError("internal", `${request.action} failed inside Trihelm: ${messageOf(error)}`, { cause: error });
}

function write(
  request: ActRequest,
  end: { outcome: "intended" | "done" | "failed"; detail: string | null; closes: number | null },
): Promise<number> {
  const { timeout, signal, force } = request;
  return record({
    actor: request.actor,
    address: request.address,
    action: `service.${request.action}`,
    subject: request.id,
    intent: { timeout, signal, force },
    ...end,
  });
}
