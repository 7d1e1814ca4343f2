/** What reading an archive can come to besides succeeding. */
import { AppError } from "#lib/platform/errors.ts";

/** The archive is not whole: cut off, altered, or no archive at all. The message says what is wrong, and where. */
export class DamagedArchive extends AppError {
  static override readonly brand: string = "DamagedArchive";

  constructor(message: string, cause?: unknown) {
    super("action_failed", message, { cause });
  }
}

/** The archive is whole and says what must not be done. The message names the path, escaped, and the reason. */
export class HostileArchive extends AppError {
  static override readonly brand: string = "HostileArchive";

  constructor(message: string, path: string | null = null) {
    super("validation", message, path === null ? {} : { extensions: { path } });
  }
}

/** The key at hand does not open it, which says nothing about whether it is whole. */
export class WrongKey extends AppError {
  static override readonly brand: string = "WrongKey";

  constructor(message: string, cause?: unknown) {
    super("conflict", message, { cause });
  }
}
