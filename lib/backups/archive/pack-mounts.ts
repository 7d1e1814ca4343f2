/** What is mounted within a folder: tar stays on one file system and says so only together with every name. */
import fs from "node:fs";
import { bytesOf, textOf } from "./tar-name.ts";

/** Paths below the folder, as a manifest writes them, on which another file system begins. Linux only. */
export function mountsBelow(folder: string): string[] {
  let table: string;
  try {
    table = fs.readFileSync("/proc/self/mountinfo", "latin1");
  } catch {
    // another system, which does not tell it in this way
    return [];
  }
  const root = `${fs.realpathSync(folder).replace(/\/$/, "")}/`;
  const { dev } = fs.statSync(folder);
  const places = table.split("\n").map((line) => textOf(unescaped(line.split(" ")[4] ?? "")));
  const below = [...new Set(places)].filter((place) => place.startsWith(root) && place.length > root.length);
  return below.filter((place) => isElsewhere(place, dev)).map((place) => place.slice(root.length));
}

/** The table writes spaces and the like as three octal digits. */
function unescaped(place: string): Buffer {
  return Buffer.from(
    place.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    "latin1",
  );
}

function isElsewhere(place: string, device: number): boolean {
  try {
    return fs.lstatSync(bytesOf(place)).dev !== device;
  } catch {
    // unmounted meanwhile
    return false;
  }
}
