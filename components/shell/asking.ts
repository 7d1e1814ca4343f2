/** Whether an action asks first, and in which words. */
import { plural } from "#lib/format/plural.ts";
import type { Service } from "#lib/services/service.ts";
import { HELM_NAME } from "@/components/ui/helm-icon.tsx";
import type { Action } from "./api-client.ts";

export interface Question {
  title: string;
  text: string;
  verb: string;
  keep: string;
}

interface Words {
  verb: string;
  /** `umami …` when it worked */
  done: string;
  /** `umami did not …` */
  fails: string;
  keep: string;
}

export const WORDS: Record<Action, Words> = {
  start: { verb: "Start", done: "started", fails: "start", keep: "Leave stopped" },
  stop: { verb: "Stop", done: "stopped", fails: "stop", keep: "Keep running" },
  restart: { verb: "Restart", done: "restarted", fails: "restart", keep: "Keep running" },
  reload: { verb: "Reload", done: "reloaded", fails: "reload", keep: "Cancel" },
  kill: { verb: "Kill", done: "killed", fails: "end", keep: "Keep running" },
  pause: { verb: "Pause", done: "paused", fails: "pause", keep: "Keep running" },
  unpause: { verb: "Resume", done: "resumed", fails: "resume", keep: "Leave paused" },
};

/** What a protected service wants its name for. */
const ENDS: readonly Action[] = ["stop", "kill", "pause"];
const INTERRUPTS: readonly Action[] = ["stop", "restart", "pause"];

/**
 * The question before an action, null when it can just run. A protected service is asked about by the server, which wants its
 * name typed; here it is about others that need the service, and about `kill`. `nameOf` gives a dependent its name.
 */
export function questionFor(service: Service, action: Action, nameOf: (id: string) => string): Question | null {
  const { verb, keep } = WORDS[action];
  const ask = (text: string): Question => ({ title: `${verb} ${service.name}?`, text, verb, keep });
  const isUp = service.state !== "stopped" && service.state !== "failed";
  if (service.protected && ENDS.includes(action)) return null;
  if (action === "kill")
    return ask(`Its ${processes(service)} end at once, without finishing anything. ${afterwards(service)}`);
  if (!isUp || service.dependents.length === 0 || !INTERRUPTS.includes(action)) return null;
  const names = listOf(service.dependents.map(nameOf));
  const [need, they] = service.dependents.length === 1 ? ["needs", "It"] : ["need", "They"];
  return ask(`${names} ${need} it. ${action === "stop" ? afterStop(service) : `${they} may fail meanwhile.`}`);
}

/** What a protected service asks with, above the field for its name. */
export function protectedWords(service: Service, action: Action): string {
  const others = service.dependents.length;
  const need = others === 0 ? "" : ` ${plural(others, "service")} ${others === 1 ? "needs" : "need"} it.`;
  return `It is protected.${need}${action === "stop" ? ` ${afterStop(service)}` : ""}`;
}

/** Why an action asks first, for a list of commands: `asks first: 2 services use it`; null when it does not. */
export function asksFirst(service: Service, action: Action): string | null {
  if (service.protected && ENDS.includes(action)) return "asks first: it is protected";
  if (questionFor(service, action, (id) => id) === null) return null;
  return action === "kill"
    ? "asks first"
    : `asks first: ${plural(service.dependents.length, "service")} ${uses(service)} it`;
}

function uses(service: Service): string {
  return service.dependents.length === 1 ? "uses" : "use";
}

function processes(service: Service): string {
  return service.instances.length > 1 ? plural(service.instances.length, "process", "processes") : "processes";
}

function afterStop(service: Service): string {
  return `${HELM_NAME[service.supervisor]} will not start it again until you do.`;
}

function afterwards(service: Service): string {
  const { policy } = service.restartPolicy;
  const name = HELM_NAME[service.supervisor];
  if (policy === "always") return `${name} starts it again.`;
  return policy === "on-failure" ? `${name} may start it again, as after a failure.` : afterStop(service);
}

/** `a`, `a and b`, `a, b and 3 more`. */
function listOf(names: string[]): string {
  if (names.length <= 1) return names[0] ?? "Nothing";
  if (names.length <= 3) return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
