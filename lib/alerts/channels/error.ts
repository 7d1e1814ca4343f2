/** Why a message did not leave. The words are shown to people and hold no secret. */
export class DeliveryError extends Error {
  /** trying again would end the same way */
  readonly permanent: boolean;
  /** seconds that the other side asked for; null: it said nothing */
  readonly retryAfter: number | null;

  constructor(message: string, options: { permanent?: boolean; retryAfter?: number | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "DeliveryError";
    this.permanent = options.permanent ?? false;
    this.retryAfter = options.retryAfter ?? null;
  }
}
