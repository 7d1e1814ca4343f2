import { AppError } from "#lib/platform/errors.ts";

/** A tar that cannot be read on: cut off, changed, or never one. The message goes on after `The archive`. */
export class TarDamage extends AppError {
  static override readonly brand = "TarDamage";

  /** @param position bytes into the tar */
  constructor(what: string, position: number) {
    super("validation", `The archive ${what} (at byte ${position})`);
  }
}
