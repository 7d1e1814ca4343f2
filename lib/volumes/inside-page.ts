/** A page of a folder, told so that the next one goes on behind it also when the folder has changed meanwhile. */
import { textOf } from "#lib/backups/archive/tar-name.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { Page } from "./inside.ts";
import type { FileEntry, Folder } from "./shapes.ts";

/** What is known of an entry before it is looked at. */
export interface FoundEntry {
  name: Buffer;
  isFolder: boolean;
  /** null: it went away meanwhile */
  look(): Promise<Omit<FileEntry, "name" | "path"> | null>;
}

export async function pageOf(found: FoundEntry[], parts: readonly Buffer[], page: Page): Promise<Folder> {
  const sorted = found.sort(inOrder);
  const after = page.cursor === undefined ? null : parseCursor(page.cursor);
  const from = after === null ? 0 : sorted.findIndex((one) => inOrder(one, after) > 0);
  const wanted = from < 0 ? [] : sorted.slice(from, from + page.limit);
  const base = parts.map((part) => `${textOf(part)}/`).join("");
  const items = await Promise.all(
    wanted.map(async (entry) => {
      const seen = await entry.look();
      const name = textOf(entry.name);
      return seen ? [{ name, path: `/${base}${name}`, ...seen }] : [];
    }),
  );
  const last = wanted.at(-1);
  const isMore = from >= 0 && last !== undefined && from + page.limit < sorted.length;
  const path = `/${base}`.replace(/(.)\/$/, "$1");
  const shown = { path, items: items.flat(), total: sorted.length };
  return isMore ? { ...shown, nextCursor: cursorOf(last) } : shown;
}

type Place = Pick<FoundEntry, "name" | "isFolder">;

function inOrder(one: Place, other: Place): number {
  if (one.isFolder !== other.isFolder) return one.isFolder ? -1 : 1;
  return one.name.compare(other.name);
}

function cursorOf({ name, isFolder }: Place): string {
  return `${isFolder ? "d" : "f"}${name.toString("base64url")}`;
}

function parseCursor(cursor: string): Place {
  if (!/^[df][A-Za-z0-9_-]+$/.test(cursor)) throw new AppError("validation", "cursor is none that a page gave");
  return { isFolder: cursor.startsWith("d"), name: Buffer.from(cursor.slice(1), "base64url") };
}
