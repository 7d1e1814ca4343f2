/** Whether what a plan or a single backup names for its copies is there. */
import { AppError } from "#lib/platform/errors.ts";
import { hasRestic } from "../restic/probe.ts";
import type { NewSchedule } from "../shapes.ts";
import { missingOf } from "./store.ts";

/** Throws AppError `validation` where a destination, an encryption or an engine is named that there is not. */
export async function checkPlaces(wanted: Pick<NewSchedule, "destinations" | "encryption" | "engine">): Promise<void> {
  const destinations = others(wanted.destinations);
  const missing = await missingOf({ destinations, encryption: wanted.encryption });
  if (missing.destinations.length > 0) refuse("destinations", `there is no destination ${missing.destinations[0]}`);
  if (missing.encryption) refuse("encryption", `there is no encryption ${wanted.encryption}`);
  if (wanted.engine !== "restic") return;
  if (!(await hasRestic())) refuse("engine", "restic is not installed on this server");
  if (wanted.encryption !== null) refuse("encryption", "restic encrypts by itself: leave it out");
  if (destinations.length > 0) refuse("destinations", "restic keeps one repository on this server: leave them out");
}

/** The local folder has every backup and need not be named. */
export const others = (destinations: readonly string[]) => [...new Set(destinations)].filter((id) => id !== "local");

function refuse(path: string, message: string): never {
  throw new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}
