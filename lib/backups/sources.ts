/** What a source is made of and who uses it: volumes, folders, whole services, whole stacks. */

import { AppError } from "#lib/platform/errors.ts";
import { type Supervisor, SupervisorError } from "#lib/supervisors/supervisor.ts";
import type { Root } from "./archive/archive.ts";
import type { Source } from "./shapes.ts";
import { resolvePath } from "./source-path.ts";
import { resolveService } from "./source-service.ts";
import { resolveStack } from "./source-stack.ts";
import { resolveVolume } from "./source-volume.ts";

/** Somebody who uses a source, running or not. Trihelm itself is never among them. */
export interface SourceUser {
  /** service id */
  service: string;
  supervisor: Supervisor;
  name: string;
  /** null for what is no container */
  containerId: string | null;
  /** finds it again when compose has made it anew */
  identity: string | null;
  /** the tool's own word */
  state: string;
  labels: Record<string, string>;
  /** it cannot change what is read */
  readOnly: boolean;
}

export interface ResolvedSource {
  source: Source;
  /** equal for equal sources, as `sourceKeyOf` tells it */
  key: string;
  /** `wa-db`, `/home/alice/.clawdis` */
  title: string;
  host: string;
  roots: Root[];
  users: SourceUser[];
  /** ids of the volumes that it holds, lies in or consists of: work on one of them is work on it */
  volumes: string[];
  /** bytes, as last measured or guessed; null: not known */
  size: number | null;
  /** what a restore needs to know and a tar cannot say */
  context: Record<string, unknown>;
}

/**
 * Looks at what is there now. Throws AppError: `validation` for what can be no source, `not_found` where it is not there,
 * `conflict` where it may not be backed up as it is, and what the supervisors throw.
 */
export async function resolveSource(source: Source): Promise<ResolvedSource> {
  try {
    if ("volume" in source) return await resolveVolume(source);
    if ("path" in source) return await resolvePath(source);
    if ("stack" in source) return await resolveStack(source);
    return await resolveService(source);
  } catch (error) {
    // a name that no supervisor could ever give: the request was wrong
    if (error instanceof SupervisorError && error.reason === "invalid_name")
      throw new AppError("validation", error.message, { cause: error });
    throw error;
  }
}
