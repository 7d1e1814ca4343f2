/** What tells sources apart. A stack and a volume may bear one name: what is no volume has a word before its own. */
import path from "node:path";
import { AppError } from "#lib/platform/errors.ts";
import { parseServiceId, serviceId } from "#lib/services/id.ts";
import type { Source } from "./shapes.ts";

/** where a container's own dump is kept apart from a volume of the same name */
const CONTAINERS = new Set(["docker", "podman"]);

/**
 * Equal for equal sources, by what the source says alone: `local/docker/wa-db`, `local/systemd/x.service`,
 * `local/path//home/alice`, `local/docker/stack%3Ashop`, `local/docker/dump%3Apg`. Throws AppError `validation`.
 */
export function sourceKeyOf(source: Source): string {
  if ("path" in source) return `${source.host ?? "local"}/path/${tidyPath(source.path)}`;
  const id = "volume" in source ? source.volume : "service" in source ? source.service : source.stack;
  const { host, scope, name } = sourceAddress(id);
  if ("stack" in source) return serviceId(host, scope, `stack:${name}`);
  if ("service" in source && CONTAINERS.has(scope)) return serviceId(host, scope, `dump:${name}`);
  return serviceId(host, scope, name);
}

/** Throws AppError `validation` where it is no id. */
export function sourceAddress(id: string): { host: string; scope: string; name: string } {
  const parts = parseServiceId(id);
  if (!parts) throw new AppError("validation", "A source's id has three parts, as in local/docker/wa-db");
  return parts;
}

/** Without a slash at its end. Throws AppError `validation` for what is not absolute or steps back. */
export function tidyPath(given: string): string {
  if (!path.isAbsolute(given) || given.includes("\0") || given.split("/").some((part) => part === "." || part === ".."))
    throw new AppError("validation", "A folder is named by its absolute path, without . and .. in it");
  return path.resolve(/* turbopackIgnore: true */ given);
}
