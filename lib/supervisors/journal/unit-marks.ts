/** What the manager says in the journal when a unit starts or ends, told by its message ids. */
import type { ServiceMark } from "../supervisor.ts";

const STARTED = "39f53479d3a045ac8e11786248231fbf";
const ENDED_WELL = "7ad2d189f7e94e70a38c781354912448";
const FAILED = "d9b373ed55a64feb8242e02dbe79a49c";
const PROCESS_EXITED = "98e322203f7a4ed290d09fe03c09fe15";
const RESTARTING = "5eb03494b6584870a536b337290809b3";
/** `web.service: Main process exited, code=killed, status=9/KILL` */
const EXIT = /: Main process exited, code=(exited|killed|dumped), status=(\d{1,3})\/([A-Z0-9+-]+)$/;
/** a failure that the end of the process told already, with more of it */
const TOLD = /: Failed with result '(?:exit-code|signal|core-dump)'\.$/;

/** null for what tells nothing. Only for what the manager itself said: a service can give its messages any id. */
export function markOf(id: string, message: string): ServiceMark | null {
  const mark = (kind: ServiceMark["kind"]): ServiceMark => ({ kind, code: null, signal: null });
  if (id === PROCESS_EXITED) return exitOf(message);
  if (id === STARTED) return mark("started");
  if (id === ENDED_WELL) return mark("exited");
  if (id === FAILED) return TOLD.test(message) ? null : mark("failed");
  return id === RESTARTING ? mark("restarted") : null;
}

/** A good end is told by another message. */
function exitOf(message: string): ServiceMark | null {
  const [, how, status, word] = EXIT.exec(message) ?? [];
  if (!how || status === "0") return null;
  return how === "exited"
    ? { kind: "failed", code: Number(status), signal: null }
    : { kind: "failed", code: null, signal: `SIG${word}` };
}
