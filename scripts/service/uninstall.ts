import fs from "node:fs";
import { PLACES, succeeds, system, UNIT, USER } from "./places.ts";

/** Removes the service. Its data, settings and user stay, unless they are to be purged too. */
export function uninstall({ purge }: { purge: boolean }): void {
  if (fs.existsSync(PLACES.unit)) system("systemctl", "disable", "--now", "--quiet", UNIT);
  for (const place of [PLACES.unit, PLACES.rule, PLACES.program]) fs.rmSync(place, { recursive: true, force: true });
  system("systemctl", "daemon-reload");
  if (!purge) {
    console.log(`Removed. ${PLACES.data} and ${PLACES.settings} stay; with -- --purge they go too.`);
    return;
  }
  for (const place of [PLACES.data, PLACES.settings]) fs.rmSync(place, { recursive: true, force: true });
  if (succeeds("id", USER)) system("userdel", USER);
  console.log("Removed, with its data, its settings and its user.");
}
