/** Is systemd there, and may it be asked? */
import fs from "node:fs";
import { messageOf } from "#lib/platform/errors.ts";
import type { Probe } from "../supervisor.ts";
import { readOwnProperty } from "./calls.ts";
import { asSupervisorError } from "./errors.ts";
import { type Session, type SessionOptions, socketPath } from "./session.ts";

/** Never throws, never starts anything. */
export async function probeSystemd(session: Session, options: SessionOptions, signal?: AbortSignal): Promise<Probe> {
  try {
    const version = await session.ask("ask systemd for its version", (bus) => readOwnProperty(bus, "Version"), signal);
    return { status: "ready", version: String(version), channel: "D-Bus" };
  } catch (error) {
    const { reason, cause } = asSupervisorError(error, "ask systemd");
    const detail = messageOf(cause ?? error);
    if (reason === "denied") return { status: "denied", detail, ...deniedHint(options) };
    return { status: "absent", detail, ...absentHint(options) };
  }
}

function deniedHint(options: SessionOptions): { hint: string; command: string | null } {
  const socket = socketName(options);
  return {
    hint: `This user may not speak to systemd on ${socket}: run Trihelm as a user that may, or as root.`,
    command: `ls -l ${socket}`,
  };
}

function absentHint(options: SessionOptions): { hint: string; command: string | null } {
  if (options.mode === "user")
    return {
      hint: "This user's systemd does not run while nobody is signed in: lingering keeps it up.",
      command: "loginctl enable-linger",
    };
  if (fs.existsSync("/run/systemd/system"))
    return {
      hint: "systemd runs here, but its message bus does not answer: start it.",
      command: "systemctl start dbus",
    };
  return {
    hint: `This machine does not run systemd, or its socket is not visible here: in a container mount ${socketName(options)}.`,
    command: null,
  };
}

function socketName(options: SessionOptions): string {
  try {
    return socketPath(options);
  } catch {
    // an address that is no socket: its own words are the detail already
    return "its D-Bus socket";
  }
}
