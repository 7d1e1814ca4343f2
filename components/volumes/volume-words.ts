/** A volume's figures in words. */
import { formatBytes } from "#lib/format/bytes.ts";
import { formatSince } from "#lib/format/duration.ts";
import { visible } from "#lib/format/visible.ts";
import type { Volume } from "#lib/volumes/shapes.ts";

const MB = 1024 ** 2;
/** below a thousandth of its size and a megabyte a day nothing grows that anybody would plan for */
const STEADY_SHARE = 1000;

/** `+40 MB a day`, `steady`, `unused for 38 d`; empty while it is not known. `now` in milliseconds. */
export function growthWords({ growth, size, unusedSince }: Volume, now: number): string {
  if (unusedSince !== null) return `unused for ${wholeDays(formatSince(unusedSince, now))}`;
  if (growth === null) return "";
  if (Math.abs(growth) < Math.max(MB, (size ?? 0) / STEADY_SHARE)) return "steady";
  return `${growth > 0 ? "+" : "−"}${formatBytes(Math.abs(growth))} a day`;
}

/** `+52 MB a day` of anything; null where it does not grow. */
export function dailyWords(growth: number | null): string | null {
  if (growth === null || Math.abs(growth) < 1) return null;
  return `${growth > 0 ? "+" : "−"}${formatBytes(Math.abs(growth))} a day`;
}

/** A name as it is; of an unnamed volume, whose name is 64 signs of a hash, as much as tells it apart. */
export function nameWords(name: string): string {
  return /^[0-9a-f]{16,}$/.test(name) ? `${name.slice(0, 12)}…` : visible(name);
}

function wholeDays(age: string): string {
  return age.split(" ").slice(0, 2).join(" ");
}

/** A name that a new volume may have, as Docker takes it. */
export const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/;

/** Why a new volume cannot be called that; null: it can, as far as the page knows. */
export function nameProblem(name: string, taken: ReadonlySet<string>): string | null {
  if (name === "") return "A name is missing.";
  if (!VOLUME_NAME.test(name))
    return "A name has two or more letters, digits, dots, dashes and underscores, and begins with a letter or digit.";
  return taken.has(name) ? `There is a volume of that name already.` : null;
}
