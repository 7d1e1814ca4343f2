"use client";

import { Clock, Download, WrapText } from "lucide-react";
import { cn } from "#lib/format/cn.ts";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuChoice, MenuItem, MenuSeparator } from "@/components/ui/menu.tsx";
import { logPath } from "./log-requests.ts";
import type { TimeStyle } from "./log-time.ts";
import { copyLines, copyLink, saveLines } from "./take-lines.ts";
import type { LogTaste } from "./use-log-view.ts";
import type { Viewer } from "./use-viewer.ts";

export interface LogButtonsProps {
  viewer: Viewer;
  taste: LogTaste;
  onTaste: (change: Partial<LogTaste>) => void;
  className?: string;
}

const STYLES: { value: TimeStyle; label: string }[] = [
  { value: "local", label: "Local time" },
  { value: "utc", label: "UTC" },
  { value: "relative", label: "Age" },
];

const DENSITIES = [
  { value: "comfortable", label: "Comfortable" },
  { value: "compact", label: "Compact" },
] as const;

/** How lines are shown, and taking them away as a file. */
export function LogButtons({ viewer, taste, onTaste, className }: LogButtonsProps) {
  const { selection } = viewer;
  const download = (gzip: boolean) => {
    const link = document.createElement("a");
    link.href = `${logPath(viewer.ask, { tail: "all" }, "/download")}${gzip ? "&gzip=1" : ""}`;
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
          <IconButton label="Times and density">
            <Clock aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuChoice label="Times" value={taste.times} options={STYLES} onChange={(times) => onTaste({ times })} />
        {/* a phone has one: its rows are as high as a finger */}
        <span className="max-sm:hidden">
          <MenuSeparator />
          <MenuChoice
            label="Density"
            value={taste.dense ? "compact" : "comfortable"}
            options={DENSITIES}
            onChange={(density) => onTaste({ dense: density === "compact" })}
          />
        </span>
      </Menu>
      <Menu
        trigger={
          <IconButton label="Download or copy">
            <Download aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => download(false)}>Text (.log)</MenuItem>
        <MenuItem onSelect={() => download(true)}>Compressed (.log.gz)</MenuItem>
        <MenuSeparator />
        <MenuItem disabled={!selection} onSelect={() => saveLines(viewer.selectedLines())}>
          Selected lines (.log)
        </MenuItem>
        <MenuItem hint="y" disabled={!selection} onSelect={() => void copyLines(viewer.selectedLines())}>
          Copy selected lines
        </MenuItem>
        <MenuItem hint="Y" disabled={!selection} onSelect={() => void copyLink()}>
          Copy link to line
        </MenuItem>
      </Menu>
    </span>
  );
}
