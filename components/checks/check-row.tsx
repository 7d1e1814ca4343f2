"use client";

import { ChevronRight, Ellipsis } from "lucide-react";
import { useId, useState } from "react";
import type { Check, CheckResult } from "#lib/checks/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { ServiceRef } from "@/components/services/service-ref.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useMay } from "@/components/shell/me.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { CheckDetail } from "./check-detail.tsx";
import { CHECKS } from "./check-kinds.ts";
import { latencyWords, markOfCheck, targetOf, uptimeWords } from "./check-words.ts";
import { ResultBar } from "./result-bar.tsx";

const NONE: readonly CheckResult[] = [];

interface CheckRowProps {
  check: Check;
  open: boolean;
  onToggle: () => void;
  /** null: they may not */
  onEdit: (() => void) | null;
  onChanged: () => void;
}

/** How a check stands, its last results, and what can be done with it; opened, what it said each time. */
export function CheckRow({ check, open, onToggle, onEdit, onChanged }: CheckRowProps) {
  const detail = useId();
  const acts = useMay("act");
  const results = check.recent ?? NONE;
  const { mark, word } = markOfCheck(check);
  const isTrouble = check.enabled && (check.state === "down" || check.state === "late");
  const target = visible(targetOf(check));
  return (
    <li className="border-hairline not-first:border-t">
      <div
        className={cn(
          "grid min-h-[52px] items-center gap-x-4 gap-y-1.5 px-3.5 py-2 max-md:grid-cols-[14px_minmax(0,1fr)_auto] max-sm:py-3",
          // one line for all rows, whatever each can do
          acts || onEdit
            ? "grid-cols-[14px_minmax(0,1.5fr)_minmax(0,1fr)_150px_56px_108px]"
            : "grid-cols-[14px_minmax(0,1.5fr)_minmax(0,1fr)_150px_56px_0]",
        )}
      >
        <StateMark mark={mark} word={word} />
        <div className="min-w-0">
          <p className="flex min-w-0 items-center gap-2">
            <button
              type="button"
              aria-expanded={open}
              aria-controls={detail}
              onClick={onToggle}
              className={cn(
                "inline-flex min-w-0 items-center gap-1 rounded-tag font-medium max-sm:min-h-9",
                !check.enabled && "text-muted-foreground",
              )}
            >
              <span className="truncate">{visible(check.name)}</span>
              <ChevronRight
                aria-hidden="true"
                className={cn("size-3.5 flex-none stroke-[1.75] text-subtle-foreground", open && "rotate-90")}
              />
            </button>
            <Tag>{CHECKS[check.kind].label}</Tag>
          </p>
          <p className="truncate font-mono text-12 text-muted-foreground" title={target}>
            {target}
          </p>
        </div>
        <div className="min-w-0 text-12 max-md:col-start-2 max-md:row-start-2">
          {check.service ? (
            <ServiceRef id={check.service} />
          ) : (
            <span className="text-subtle-foreground max-md:hidden">stands alone</span>
          )}
        </div>
        <div className="text-12 text-subtle-foreground max-md:col-span-2 max-md:col-start-2">
          <ResultBar name={check.name} results={results} />
          <p className="mt-0.5 flex justify-between text-11 leading-4">
            <span>{check.uptime === null ? "" : `${uptimeWords(check.uptime)} of a day`}</span>
            {check.checkedAt ? <TimeAgo time={check.checkedAt} ago whole /> : <span>not yet</span>}
          </p>
        </div>
        <span className="num text-right text-12 text-muted-foreground max-md:hidden">
          {check.latency === null ? "" : latencyWords(check.latency)}
        </span>
        <CheckActions check={check} onEdit={onEdit} onChanged={onChanged} />
        {check.message && (isTrouble || open) ? (
          <p
            className={cn(
              "col-span-5 col-start-2 text-12 text-pretty [overflow-wrap:anywhere] max-md:col-span-2 max-md:col-start-2",
              isTrouble ? (check.state === "late" ? "text-warn" : "text-fail") : "text-muted-foreground",
            )}
          >
            {isTrouble ? `${word}` : null}
            {isTrouble && check.since ? (
              <>
                {" "}
                <TimeAgo time={check.since} />
              </>
            ) : null}
            {isTrouble ? ": " : null}
            <LiteralWords text={check.message} />
          </p>
        ) : null}
      </div>
      <div id={detail} hidden={!open}>
        {open ? <CheckDetail check={check} results={results} /> : null}
      </div>
    </li>
  );
}

function CheckActions({ check, onEdit, onChanged }: Omit<CheckRowProps, "open" | "onToggle">) {
  const acts = useMay("act");
  const [deleting, setDeleting] = useState(false);
  const [running, setRunning] = useState(false);
  const { name, enabled } = check;
  const path = `/checks/${encodeURIComponent(check.id)}`;
  const runs = acts && enabled && check.kind !== "heartbeat";
  const run = async () => {
    setRunning(true);
    const done = await attempt(`${name} was not run`, () => call<{ result: CheckResult }>("POST", `${path}/run`));
    setRunning(false);
    if (done) onChanged();
  };
  const turn = () =>
    void attempt(`${name} was not changed`, async () => {
      await call("PATCH", path, { enabled: !enabled });
      onChanged();
    });
  const remove = async () => {
    setDeleting(false);
    if (await attempt(`${name} stays`, () => call("DELETE", path))) onChanged();
  };
  return (
    <div className="flex items-center justify-end gap-1 max-md:col-start-3 max-md:row-start-1">
      {runs ? (
        <Button
          size="sm"
          disabled={running}
          aria-label={`Run now: ${name}`}
          onClick={() => void run()}
          className="max-sm:hidden"
        >
          {running ? "Running" : "Run now"}
        </Button>
      ) : null}
      {onEdit || runs ? (
        <Menu
          trigger={
            <IconButton label={`More for ${name}`} className={cn("max-sm:size-11", !onEdit && "sm:hidden")}>
              <Ellipsis aria-hidden="true" />
            </IconButton>
          }
        >
          {runs ? <MenuItem onSelect={() => void run()}>Run now</MenuItem> : null}
          {onEdit ? (
            <>
              <MenuItem onSelect={onEdit}>Edit…</MenuItem>
              <MenuItem onSelect={turn}>{enabled ? "Pause" : "Resume"}</MenuItem>
              <MenuSeparator />
              <MenuItem danger onSelect={() => setDeleting(true)}>
                Delete…
              </MenuItem>
            </>
          ) : null}
        </Menu>
      ) : null}
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${visible(name)}?`}
        text={
          check.kind === "heartbeat"
            ? "The address that its job calls is gone with it, and so are its results."
            : "It is not asked any more, and its results are gone."
        }
        verb="Delete check"
        keep="Keep it"
        onConfirm={() => void remove()}
      />
    </div>
  );
}
