"use client";

import { CircleCheck, CircleX, Info, X } from "lucide-react";
import type { ReactNode } from "react";
import { toast as sonner, Toaster } from "sonner";
import { cn } from "#lib/format/cn.ts";
import { Button } from "@/components/ui/button.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";

export interface Say {
  tone: "ok" | "fail" | "plain";
  /** what happened: `umami restarted`, `caddy.service did not restart` */
  title: string;
  /** why, or what next */
  text?: ReactNode;
  action?: { label: string; run: () => void };
  /** a toast of the same id is replaced */
  id?: string;
}

/** Says what happened, bottom right. Good news leaves after 5 s, trouble stays until it is closed. */
export function say({ id, ...content }: Say): void {
  sonner.custom((key) => <Toast {...content} onClose={() => sonner.dismiss(key)} />, {
    id,
    duration: content.tone === "fail" ? Number.POSITIVE_INFINITY : 5000,
  });
}

export function Toasts() {
  return (
    <Toaster
      position="bottom-right"
      offset={{ bottom: 40, right: 20 }}
      mobileOffset={{ bottom: 76, left: 12, right: 12 }}
      gap={10}
      className="z-40!" // under dialogs and menus, which are asked for
      visibleToasts={4}
      expand
      containerAriaLabel="Messages"
    />
  );
}

const ICON = { ok: CircleCheck, fail: CircleX, plain: Info };
const TONE = { ok: "text-ok", fail: "text-fail", plain: "text-muted-foreground" };

function Toast({ tone, title, text, action, onClose }: Omit<Say, "id"> & { onClose: () => void }) {
  const Icon = ICON[tone];
  return (
    <div className="grid w-[356px] max-w-full grid-cols-[18px_minmax(0,1fr)_auto] gap-2.5 rounded-panel border border-border-strong bg-popover py-3 pr-2.5 pl-3.5 text-13 text-foreground shadow-pop max-sm:w-full">
      <Icon aria-hidden="true" className={cn("icon mt-0.5", TONE[tone])} />
      <div className="min-w-0 font-sans">
        <b className="[overflow-wrap:anywhere]">{title}</b>
        {text ? <p className="line-clamp-6 text-muted-foreground [overflow-wrap:anywhere]">{text}</p> : null}
        {action ? (
          <div className="mt-2 flex gap-1">
            <Button
              size="sm"
              onClick={() => {
                action.run();
                onClose();
              }}
            >
              {action.label}
            </Button>
          </div>
        ) : null}
      </div>
      <IconButton label="Close message" look="small" onClick={onClose}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  );
}
