"use client";

import { Clock, Download, WrapText } from "lucide-react";
import { cn } from "#lib/format/cn.ts";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuChoice, MenuItem } from "@/components/ui/menu.tsx";
import { type LogAsk, logPath } from "./log-requests.ts";
import type { TimeStyle } from "./log-time.ts";
import type { LogTaste } from "./use-log-view.ts";

export interface LogButtonsProps {
  ask: LogAsk;
  taste: LogTaste;
  onTaste: (change: Partial<LogTaste>) => void;
  className?: string;
}

const STYLES: { value: TimeStyle; label: string }[] = [
  { value: "local", label: "Local time" },
  { value: "utc", label: "UTC" },
  { value: "relative", label: "Age" },
];

/** How lines are shown, and taking them away as a file. */
export function LogButtons({ ask, taste, onTaste, className }: LogButtonsProps) {
  const download = (gzip: boolean) => {
    const link = document.createElement("a");
    link.href = `${logPath(ask, { tail: "all" }, "/download")}${gzip ? "&gzip=1" : ""}`;
    link.download = "";
    link.click();
  };
  return (
    <span className={cn("inline-flex flex-none items-center gap-1 max-sm:[&>button]:size-8", className)}>
      <IconButton
        label="Wrap long lines"
        aria-pressed={taste.wrap}
        onClick={() => onTaste({ wrap: !taste.wrap })}
        // a phone wraps every line
        className="max-sm:hidden"
      >
        <WrapText aria-hidden="true" />
      </IconButton>
      <Menu
        trigger={
          <IconButton label="Times">
            <Clock aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuChoice label="Times" value={taste.times} options={STYLES} onChange={(times) => onTaste({ times })} />
      </Menu>
      <Menu
        trigger={
          <IconButton label="Download">
            <Download aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => download(false)}>Text (.log)</MenuItem>
        <MenuItem onSelect={() => download(true)}>Compressed (.log.gz)</MenuItem>
      </Menu>
    </span>
  );
}
