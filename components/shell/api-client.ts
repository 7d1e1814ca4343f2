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
  /** the person has to show again who they are */
  readonly stepUp: boolean;
  /** what is wrong with which field of the request */
  readonly errors: readonly { path: string; message: string }[];

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
    this.stepUp = body.stepUp === true;
    this.errors = Array.isArray(body.errors) ? (body.errors as { path: string; message: string }[]) : [];
  }

  /** the person was asked again and turned back: nothing to tell */
  get cancelled(): boolean {
    return this.code === "cancelled";
  }

  /** What is wrong with one field, as a sentence about `subject`; null when it is not that field. */
  about(path: string, subject: string): string | null {
    const message = this.errors.find((error) => error.path === path)?.message;
    if (message === undefined) return null;
    const said = /^[a-z]/.test(message) ? `${subject} ${message}` : message;
    return said.endsWith(".") ? said : `${said}.`;
  }

  /** The words to show: the server's reason, or else what happened. */
  get words(): string {
    return this.detail || this.message;
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

/** A masked variable in the clear; the server writes it into the audit trail. */
export function reveal(id: string, name: string): Promise<{ name: string; value: string }> {
  return call("POST", `/services/${id}/reveal`, { name });
}

/** Any route under `/api/v1`; no answer gives undefined. Whoever is no longer signed in leaves for the sign-in page. */
export function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  return send(`/api/v1${path}`, { method, ...(body ? { body } : {}) });
}

/** A route whose answer is text to be shown, not JSON. */
export function readText(path: string): Promise<string> {
  return send(`/api/v1${path}`, { method: "GET", text: true });
}

export interface Sending {
  method: string;
  body?: object;
  /** the answer is text */
  text?: boolean;
  /** before signing in: a 401 is an answer, not the end of a session */
  signedOut?: boolean;
  /** shows who it is where the server wants that, without asking the person; true: done */
  prove?: () => Promise<boolean>;
}

/** One request of this origin: asks the person once more where the server wants to be sure, and sends it again. */
export async function send<Answer>(url: string, sending: Sending): Promise<Answer> {
  const response = await fetchJson(url, sending);
  if (response.ok) return bodyOf(response, sending);
  const problem = sending.signedOut ? await toProblem(response) : await readProblem(response);
  const prove = sending.prove ?? askAgain;
  if (!problem.stepUp || prove === null) throw problem;
  if (!(await prove())) throw new ApiProblem(403, { code: "cancelled", title: "Cancelled" });
  const second = await fetchJson(url, sending);
  if (second.ok) return bodyOf(second, sending);
  throw sending.signedOut ? await toProblem(second) : await readProblem(second);
}

/** Shows by password that it is still the same person; the session goes on under a new id. */
export async function stepUp(password: string): Promise<void> {
  await send("/api/v1/me/step-up", { method: "POST", body: { password }, signedOut: true });
}

let askAgain: (() => Promise<boolean>) | null = null;

/** Who asks for the password again when an answer wants it; gives back how to stop. True: it was given. */
export function onStepUp(ask: () => Promise<boolean>): () => void {
  askAgain = ask;
  return () => {
    if (askAgain === ask) askAgain = null;
  };
}

function fetchJson(url: string, { method, body, text: wantsText }: Sending): Promise<Response> {
  return fetch(url, {
    method,
    headers: {
      Accept: wantsText ? "text/plain" : "application/json",
      ...(body ? { "Content-Type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch((cause: unknown) => {
    const detail = method === "GET" ? UNREAD : SILENT;
    throw new ApiProblem(0, { code: "network", title: "Trihelm did not answer", detail }, { cause });
  });
}

async function bodyOf<Answer>(response: Response, sending: Sending): Promise<Answer> {
  const text = await response.text();
  if (sending.text) return text as Answer;
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

const UNREAD = "The connection broke before an answer came. Try again in a moment.";
const SILENT =
  "The connection broke before an answer came, so it is not known whether this was done. The page shows it once it is back.";

/** The refusal in an answer. When it says that nobody is signed in any more, the page is left for the sign-in page. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  if (response.status === 401) return leaveForSignIn();
  return toProblem(response);
}

/** Goes to the sign-in page, which leads back here. Never settles: this page is over. */
export function leaveForSignIn(): Promise<never> {
  const here = `${location.pathname}${location.search}`;
  return leaveFor(here === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`);
}

let leaving = false;

/** Leaves this page for good. Never settles; who comes second changes nothing of where it goes. */
export function leaveFor(address: string): Promise<never> {
  if (!leaving) location.assign(address);
  leaving = true;
  return new Promise(() => undefined);
}

/** Whatever answered instead of Trihelm (a proxy's page) becomes a problem too. */
async function toProblem(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    return new ApiProblem(response.status, Number.isFinite(wait) ? { retryAfter: wait, ...body } : body);
  } catch (cause) {
    const detail = `${response.status} ${response.statusText}`.trim();
    return new ApiProblem(response.status, { title: "Something else answered", detail }, { cause });
  }
}
