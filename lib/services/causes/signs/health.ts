/** It runs and is of no use: its health check fails. */
import { type End, quoted, type Sign, shellWord, told } from "./sign.ts";

export function unhealthy({ event, reason, supervisor, isContainer, name }: End): Sign | null {
  if (event !== "unhealthy") return null;
  return {
    signature: "unhealthy",
    line: null,
    explain: () =>
      told(
        "Its health check fails",
        reason === null
          ? "It runs, and its check says that it does not work."
          : `It runs, and its check says ${quoted(reason)}.`,
        {
          next: "Nothing restarts it for that: see what the check asks for.",
          command: isContainer ? `${supervisor} inspect --format '{{json .State.Health}}' ${shellWord(name)}` : null,
        },
      ),
  };
}
