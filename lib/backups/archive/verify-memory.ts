/** Which files have been read whole and found harmless since this process began: nothing is read twice for the same answer. */
import type { BigIntStats } from "node:fs";
import { singleton } from "#lib/platform/singleton.ts";
import { statOf } from "./open.ts";

const MOST = 200;
const memory = () => singleton("archives-checked", () => new Map<string, string>());

/** `before`: what the file was when reading began. One that was changed meanwhile is not noted. */
export async function noteChecked(file: string, before: BigIntStats): Promise<void> {
  const checked = memory();
  if (identityOf(before) !== identityOf(await statOf(file))) return;
  checked.delete(file);
  checked.set(file, identityOf(before));
  for (const oldest of checked.keys()) if (checked.size > MOST) checked.delete(oldest);
}

/** Whether it is the very file that was checked, and unchanged. */
export async function wasChecked(file: string): Promise<boolean> {
  return memory().get(file) === identityOf(await statOf(file));
}

function identityOf(found: BigIntStats): string {
  return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}
