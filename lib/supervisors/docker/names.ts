/** What a container may be called, checked before anything is called with it. */
import { SupervisorError } from "../supervisor.ts";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/;
const ID = /^[a-f0-9]{12,64}$/;

/** Throws `invalid_name` for what no engine ever calls a container. */
export function checkName(name: string): void {
  if (!NAME.test(name))
    throw new SupervisorError(
      "invalid_name",
      "A container's name has letters, digits, dots, dashes and underscores, and begins with a letter or a digit",
    );
}

/** The only way into a path of the API: `/containers/../info` would be answered with a redirect to `/info`. */
export function containerPath(id: string, rest: string): string {
  if (!isContainerId(id))
    throw new SupervisorError("invalid_name", "The engine gave a container an id of an unknown shape");
  return `/containers/${id}/${rest}`;
}

export function isContainerId(id: string): boolean {
  return ID.test(id);
}
