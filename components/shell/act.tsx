"use client";

/** Acting on services: asks where it must, shows the action as under way at once, and says how it ended. */
import { createContext, type ReactNode, use, useMemo, useState } from "react";
import { formatDuration } from "#lib/format/duration.ts";
import type { Service } from "#lib/services/service.ts";
import { copyText } from "@/components/ui/copy-button.tsx";
import { ConfirmDialog, TypedConfirmDialog } from "@/components/ui/dialog.tsx";
import { type ActBody, type Action, ApiProblem, act as callAct, mark as callMark } from "./api-client.ts";
import { protectedWords, type Question, questionFor, WORDS } from "./asking.ts";
import { useLive } from "./live.ts";
import { say } from "./toast.tsx";

export interface Acts {
  /** Runs an action on a service; questions, toasts and the pending state are taken care of. */
  act: (service: Service, action: Action, body?: ActBody) => void;
  /** What `s` does: starts what is down, stops what is up. */
  startOrStop: (service: Service) => void;
  mark: (service: Service, change: { pinned?: boolean; protected?: boolean }) => void;
}

interface Asked extends Question {
  /** the name to type; null: Enter confirms */
  type: string | null;
  go: () => void;
}

const ActContext = createContext<Acts | null>(null);

export function useAct(): Acts {
  const acts = use(ActContext);
  if (!acts) throw new Error("useAct is used outside of ActProvider");
  return acts;
}

export function ActProvider({ children }: { children: ReactNode }) {
  const { store } = useLive();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [open, setOpen] = useState(false);

  const acts = useMemo<Acts>(() => {
    const ask = (question: Question, type: string | null, go: () => void) => {
      setAsked({ ...question, type, go });
      setOpen(true);
    };

    const run = async (service: Service, action: Action, body: ActBody) => {
      store.setAsked(service.id, { action, since: new Date().toISOString(), actor: "you" });
      try {
        const { service: after, tookMs } = await callAct(service.id, action, body);
        store.put(after);
        say({ tone: "ok", title: `${service.name} ${WORDS[action].done}`, text: outcome(after, action, tookMs) });
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        refused(error, service, action, body);
      } finally {
        store.setAsked(service.id, null);
      }
    };

    const refused = (problem: ApiProblem, service: Service, action: Action, body: ActBody) => {
      const { verb, keep } = WORDS[action];
      if (problem.joined || problem.cancelled) return;
      if (problem.confirm !== null) {
        const confirm = problem.confirm;
        const text = problem.typed ? protectedWords(service, action) : problem.detail;
        const question = { title: `${verb} ${service.name}?`, text, verb, keep };
        ask(question, problem.typed ? confirm : null, () => void run(service, action, { ...body, confirm }));
      } else if (problem.retryAfter !== null && !body.force) {
        const wait = `It works again in ${formatDuration(problem.retryAfter)}.`;
        const question = {
          title: `${service.name} was started too often`,
          text: `${sentence(problem.detail)} ${wait}`,
          verb: `${verb} anyway`,
          keep: "Wait",
        };
        ask(question, null, () => void run(service, action, { ...body, force: true }));
      } else {
        const failed = `${service.name} did not ${WORDS[action].fails}`;
        sayFailed(
          problem,
          problem.status === 0 ? `${verb} ${service.name}: no answer` : failed,
          `${service.id}/${action}`,
        );
      }
    };

    const act = (service: Service, action: Action, body: ActBody = {}) => {
      if (store.service(service.id)?.pending) return;
      const question = questionFor(service, action, (id) => store.service(id)?.name ?? id);
      if (question) ask(question, null, () => void run(service, action, body));
      else void run(service, action, body);
    };

    return {
      act,
      startOrStop: (service) => {
        if (service.actions.includes("stop")) act(service, "stop");
        else if (service.actions.includes("start")) act(service, "start");
      },
      mark: async (service, change) => {
        try {
          store.put(await callMark(service.id, change));
        } catch (error) {
          if (!(error instanceof ApiProblem)) throw error;
          if (!error.cancelled) sayFailed(error, `${service.name} was not changed`, `${service.id}/mark`);
        }
      },
    };
  }, [store]);

  const close = () => setOpen(false);
  const confirm = () => {
    close();
    asked?.go();
  };
  return (
    <ActContext value={acts}>
      {children}
      {asked?.type != null ? (
        <TypedConfirmDialog {...asked} name={asked.type} open={open} onClose={close} onConfirm={confirm} />
      ) : asked ? (
        <ConfirmDialog {...asked} open={open} onClose={close} onConfirm={confirm} />
      ) : null}
    </ActContext>
  );
}

function sayFailed(problem: ApiProblem, title: string, id: string): void {
  const text = problem.detail || problem.message;
  const action = { label: "Copy details", run: () => void copyText(`${title}\n${problem.code}: ${text}`) };
  say({ tone: "fail", title, text, id, action });
}

function outcome(after: Service, action: Action, tookMs: number): string {
  const seconds = tookMs / 1000;
  const took = `after ${seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds)}`;
  if (action === "stop" || action === "kill") return `Ended ${took}.`;
  if (after.health === "starting") return `Up ${took}. Its health check has not answered yet.`;
  if (action === "reload" || action === "pause") return `Done ${took}.`;
  return after.health === "healthy" ? `Healthy again ${took}.` : `Up ${took}.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
