/** The pages' way to change something. What it throws is always an `ApiProblem` that can be shown. */
import type { Service } from "#lib/services/service.ts";

export type Action = Service["actions"][number];

export interface ActBody {
  timeout?: number;
  signal?: string;
  /** go on although a start limit would be hit */
  force?: boolean;
  /** the string of a 409 that asked for it */
  confirm?: string;
}

/** A refusal of the server (problem+json), or the silence of the network (status 0). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** ask the person, then send again with this */
  readonly confirm: string | null;
  /** the person must type it */
  readonly typed: boolean;
  /** seconds until it would work without force */
  readonly retryAfter: number | null;
  /** the same action is already under way: nothing went wrong */
  readonly joined: boolean;

  constructor(status: number, body: Record<string, unknown>, options?: ErrorOptions) {
    const text = (key: string) => (typeof body[key] === "string" ? (body[key] as string) : null);
    super(text("title") ?? "Trihelm did not answer", options);
    this.status = status;
    this.code = text("code") ?? "internal";
    this.detail = text("detail") ?? "";
    this.confirm = text("confirm");
    this.typed = body.typed === true;
    this.retryAfter = typeof body.retryAfter === "number" ? body.retryAfter : null;
    this.joined = body.joined === true;
  }
}

/** Runs an action; resolves when the supervisor says that it is done. `id` is already percent-encoded. */
export function act(id: string, action: Action, body: ActBody = {}): Promise<{ service: Service; tookMs: number }> {
  return call("POST", `/services/${id}/${action}`, body);
}

/** Pins a service to the board, protects it, or undoes either. */
export function mark(id: string, body: { pinned?: boolean; protected?: boolean }): Promise<Service> {
  return call("PATCH", `/services/${id}`, body);
}

async function call<Answer>(method: string, path: string, body: object): Promise<Answer> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new ApiProblem(0, { code: "network", title: "Trihelm did not answer", detail: SILENT }, { cause });
  });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as Answer;
}

const SILENT =
  "The connection broke before an answer came, so it is not known whether this was done. The page shows it once it is back.";

/** Whatever answered instead of Trihelm (a proxy's page) becomes a problem too. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  try {
    return new ApiProblem(response.status, JSON.parse(text) as Record<string, unknown>);
  } catch (cause) {
    const detail = `${response.status} ${response.statusText}`.trim();
    return new ApiProblem(response.status, { title: "Something else answered", detail }, { cause });
  }
}
