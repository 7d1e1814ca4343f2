/** What D-Bus, polkit and systemd answer, as the contract's errors. */
import { AppError, isAbort, messageOf } from "#lib/platform/errors.ts";
import { SupervisorError, type SupervisorErrorCode } from "../supervisor.ts";
import { BusError, BusLost } from "./bus/connection.ts";

const DBUS = "org.freedesktop.DBus.Error.";
const SYSTEMD = "org.freedesktop.systemd1.";

const CODES: Record<string, SupervisorErrorCode> = {
  [`${DBUS}AccessDenied`]: "denied",
  [`${DBUS}InteractiveAuthorizationRequired`]: "denied",
  [`${DBUS}AuthFailed`]: "denied",
  [`${DBUS}ServiceUnknown`]: "unreachable",
  [`${DBUS}NameHasNoOwner`]: "unreachable",
  [`${DBUS}Disconnected`]: "unreachable",
  [`${DBUS}NoReply`]: "timeout",
  [`${DBUS}Timeout`]: "timeout",
  [`${DBUS}TimedOut`]: "timeout",
  [`${DBUS}UnknownObject`]: "not_found",
  [`${SYSTEMD}NoSuchUnit`]: "not_found",
  [`${SYSTEMD}JobTypeNotApplicable`]: "unsupported",
  [`${SYSTEMD}OnlyByDependency`]: "unsupported",
  [`${SYSTEMD}NoSuchProcess`]: "unsupported",
};

/** systemd while it re-executes itself, or a bus that came up before it: a moment later there is an answer. */
export function isPassing(error: unknown): boolean {
  return error instanceof BusError && /\.(NoReply|ServiceUnknown|NameHasNoOwner|Disconnected)$/.test(error.code);
}

/** `doing` completes "could not …". */
export function asSupervisorError(error: unknown, doing: string): SupervisorError {
  if (error instanceof SupervisorError) return error;
  const reason = reasonOf(error);
  const words = messageOf(error).replace(/\.$/, "");
  const next =
    reason === "denied"
      ? ". It needs root, or a polkit rule for org.freedesktop.systemd1.manage-units that names this user"
      : "";
  return new SupervisorError(reason, `Could not ${doing}: ${words}${next}`, { cause: error });
}

function reasonOf(error: unknown): SupervisorErrorCode {
  if (error instanceof BusError) return CODES[error.code] ?? "refused";
  if (error instanceof BusLost) {
    if (["EACCES", "EPERM", "EAUTH"].includes(error.code)) return "denied";
    return error.code === "ETIMEDOUT" ? "timeout" : "unreachable";
  }
  if (error instanceof AppError && error.code === "timeout") return "timeout";
  return isAbort(error) ? "timeout" : "refused";
}
