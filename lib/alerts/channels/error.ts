export interface DeliveryFailure {
  permanent?: boolean;
  retryAfter?: number | null;
  status?: number | null;
  cause?: unknown;
}

/** Why a message did not leave. The words are shown to people and hold no secret. */
export class DeliveryError extends Error {
  /** trying again would end the same way */
  readonly permanent: boolean;
  /** seconds that the other side asked for; null: it said nothing */
  readonly retryAfter: number | null;
  /** of an HTTP answer; null: there was none */
  readonly status: number | null;

  constructor(message: string, { permanent, retryAfter, status, cause }: DeliveryFailure = {}) {
    super(message, { cause });
    this.name = "DeliveryError";
    this.permanent = permanent ?? false;
    this.retryAfter = retryAfter ?? null;
    this.status = status ?? null;
  }
}
