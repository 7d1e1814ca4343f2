/**
 * The end of the process, in order: streams are told, work stops, the server drains, the database closes, exit 0.
 * Next drains requests by itself on SIGTERM, but an open stream would hold it for ever, and it exits 143: hence this.
 */
import { logger } from "./logger.ts";
import { singleton } from "./singleton.ts";

interface Life {
  ending: AbortController;
  tasks: Set<() => void | Promise<void>>;
  atExit: Set<() => void>;
  /** how many tasks have not ended yet */
  busy: number;
  installed: boolean;
}

const life = () =>
  singleton<Life>("life", () => ({
    ending: new AbortController(),
    tasks: new Set(),
    atExit: new Set(),
    busy: 0,
    installed: false,
  }));

/** Aborts when the server is told to end. Every long answer listens to it beside its request's own signal. */
export function endingSignal(): AbortSignal {
  return life().ending.signal;
}

/** Work to stop when the server ends; the process stays for it, for a few seconds. */
export function onEnding(task: () => void | Promise<void>): void {
  life().tasks.add(task);
}

/** The very last, synchronous steps: closing files. */
export function onExit(step: () => void): void {
  life().atExit.add(step);
}

/** Installs the signal handlers once. `deadline` in seconds: whatever still holds on by then is cut. */
export function installShutdown(deadline = 8): void {
  const state = life();
  if (state.installed) return;
  state.installed = true;
  const log = logger("shutdown");
  const exit = process.exit.bind(process);
  let wanted: { code: Parameters<typeof process.exit>[0] } | null = null;
  const end = (signal: NodeJS.Signals) => {
    if (state.ending.signal.aborted) return;
    log.info({ signal }, "ending");
    state.ending.abort(new DOMException(`ended by ${signal}`, "AbortError"));
    setTimeout(() => {
      log.warn("the drain took too long, cutting what is left");
      exit(0);
    }, deadline * 1000).unref();
    // Next exits as soon as its requests are done; a task may still be letting services go
    process.exit = ((code) => {
      wanted = { code };
      if (state.busy === 0) exit(code);
    }) as typeof process.exit;
    state.busy = state.tasks.size;
    for (const task of state.tasks)
      Promise.resolve()
        .then(task)
        .catch((error) => log.error({ err: error }, "a task did not stop cleanly"))
        .finally(() => {
          state.busy -= 1;
          if (state.busy === 0 && wanted) exit(wanted.code);
        });
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("exit", () => {
    for (const step of state.atExit)
      try {
        step();
      } catch (error) {
        log.error({ err: error }, "a closing step failed");
      }
    // Next ends with 143 or 130 after a clean drain; asked to end and done so is a success
    if (state.ending.signal.aborted) process.exitCode = 0;
  });
}
