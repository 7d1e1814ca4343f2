import { CircleX, Clock, History, LoaderCircle, Pause, QrCode, RefreshCw, TriangleAlert } from "lucide-react";
import { cn } from "#lib/format/cn.ts";
import type { Service } from "#lib/services/service.ts";

/** A shape of its own for each, so that colour is never alone. */
export type Mark =
  | "running"
  | "stopped"
  | "starting"
  | "stopping"
  | "waiting"
  | "human"
  | "unhealthy"
  | "overdue"
  | "failed"
  | "restarting"
  | "paused"
  | "unknown";

export const MARK_WORD: Record<Mark, string> = {
  running: "Running",
  stopped: "Stopped",
  starting: "Starting",
  stopping: "Stopping",
  waiting: "Waiting for its next run",
  human: "Waiting for a person",
  unhealthy: "Unhealthy",
  overdue: "Backup overdue",
  failed: "Failed",
  restarting: "Restarting over and over",
  paused: "Paused",
  unknown: "Not known",
};

const ICON = {
  starting: LoaderCircle,
  stopping: LoaderCircle,
  waiting: Clock,
  human: QrCode,
  unhealthy: TriangleAlert,
  overdue: History,
  failed: CircleX,
  restarting: RefreshCw,
  paused: Pause,
};

const MARK_TONE: Record<Mark, string> = {
  running: "text-ok",
  stopped: "text-subtle-foreground",
  starting: "text-subtle-foreground",
  stopping: "text-subtle-foreground",
  waiting: "text-subtle-foreground",
  human: "text-human",
  unhealthy: "text-warn",
  overdue: "text-warn",
  failed: "text-fail",
  restarting: "text-fail",
  paused: "text-subtle-foreground",
  unknown: "text-subtle-foreground",
};

/** What a service's state and health look like together: an unhealthy service that runs is not fine. */
export function markOf(service: Pick<Service, "state" | "health" | "pending">): Mark {
  if (service.pending)
    return service.pending.action === "stop" || service.pending.action === "kill" ? "stopping" : "starting";
  if (service.state === "running" && service.health === "unhealthy") return "unhealthy";
  if (service.state === "running" && service.health === "starting") return "starting";
  return service.state;
}

export interface StateMarkProps {
  mark: Mark;
  /** what is read aloud and shown on hover; the mark's own word when left out. "": the text beside it says it */
  word?: string;
  /** values are of an earlier time: the shape stays, its colour goes */
  stale?: boolean;
  className?: string;
}

/** The state in 14 px, with hidden text. */
export function StateMark({ mark, word = MARK_WORD[mark], stale = false, className }: StateMarkProps) {
  return (
    <span
      title={word || undefined}
      className={cn(
        "inline-flex size-3.5 flex-none items-center justify-center",
        stale ? "text-subtle-foreground" : MARK_TONE[mark],
        className,
      )}
    >
      <Shape mark={mark} stale={stale} />
      {word ? <span className="sr-only">{word}</span> : null}
    </span>
  );
}

function Shape({ mark, stale }: { mark: Mark; stale: boolean }) {
  if (mark === "running" && !stale) return <span className="size-2 rounded-full bg-current" />;
  if (mark === "running" || mark === "stopped")
    return <span className="size-2 rounded-full border-[1.5px] border-current" />;
  if (mark === "unknown") return <span className="size-2 rounded-full border-[1.5px] border-dashed border-current" />;
  const Icon = ICON[mark];
  return <Icon aria-hidden="true" className="size-3.5 stroke-2" />;
}
