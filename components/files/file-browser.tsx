"use client";

import { ChevronRight, File, FileSymlink, Folder as FolderIcon, Image as ImageIcon, Shapes } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatDay } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import type { FileEntry } from "#lib/volumes/shapes.ts";
import { Button } from "@/components/ui/button.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { FilePane } from "./file-pane.tsx";
import { useFolder } from "./use-folder.ts";

export interface FileBrowserProps {
  /** its address in the API: `/volumes/local/docker/wa-db`, `/backups/3f…` */
  api: string;
  /** what stands for the root */
  root: string;
  firstPath: string;
  /** what can be done with the folder or file that is open, beside looking */
  actions?: (path: string, type: "folder" | "file") => ReactNode;
}

/** Folders and files inside a volume or an archive, read only. The folder that is open stands in the address. */
export function FileBrowser({ api, root, firstPath, actions }: FileBrowserProps) {
  const [path, setPath] = useState(firstPath);
  const [file, setFile] = useState<FileEntry | null>(null);
  const { folder, problem, readMore, reload } = useFolder(api, path);
  useEffect(() => {
    const reread = () => {
      setPath(new URLSearchParams(window.location.search).get("path") ?? "/");
      setFile(null);
    };
    window.addEventListener("popstate", reread);
    return () => window.removeEventListener("popstate", reread);
  }, []);
  const go = (next: string) => {
    setPath(next);
    setFile(null);
    const search = next === "/" || next === "" ? "" : `?path=${encodeURIComponent(next)}`;
    window.history.pushState(null, "", `${window.location.pathname}${search}`);
  };
  return (
    <div className="grid min-w-0 items-start gap-4 md:grid-cols-[minmax(0,1fr)_minmax(0,0.9fr)]">
      <Panel aria-label="Files" className={cn("min-w-0 overflow-hidden", file && "max-md:hidden")}>
        <header className="flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 border-b border-hairline px-3.5 py-1.5">
          <Crumbs root={root} path={path} onGo={go} />
          <span className="num ml-auto text-12 text-subtle-foreground">
            {folder ? plural(folder.total, "entry", "entries") : null}
          </span>
          {actions?.(path, "folder")}
        </header>
        {problem ? (
          <Note tone="fail" alert title="The folder could not be read" className="m-3.5">
            <p>{problem.words}</p>
            <Button size="sm" onClick={reload} className="mt-2 max-sm:h-11">
              Try again
            </Button>
          </Note>
        ) : null}
        {folder === null && !problem ? <Rows /> : null}
        {folder?.items.length === 0 ? (
          <p className="px-3.5 py-4 text-12 text-muted-foreground">This folder is empty.</p>
        ) : null}
        <ul>
          {folder?.items.map((entry) => (
            <EntryRow
              key={entry.path}
              entry={entry}
              chosen={entry.path === file?.path}
              onOpen={() => (entry.type === "folder" ? go(entry.path) : setFile(entry))}
            />
          ))}
        </ul>
        {folder?.nextCursor ? (
          <div className="border-t border-hairline p-2">
            <Button size="sm" variant="ghost" onClick={readMore} className="max-sm:h-11">
              Show more, {folder.items.length} of {folder.total} are here
            </Button>
          </div>
        ) : null}
      </Panel>
      {file ? (
        <FilePane
          key={file.path}
          api={api}
          entry={file}
          actions={file.type === "file" ? actions?.(file.path, "file") : null}
          onClose={() => setFile(null)}
        />
      ) : (
        <p className="px-1 py-2 text-12 text-subtle-foreground max-md:hidden">Choose a file to look at it.</p>
      )}
    </div>
  );
}

function Crumbs({ root, path, onGo }: { root: string; path: string; onGo: (path: string) => void }) {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const at = (index: number) => `/${parts.slice(0, index + 1).join("/")}`;
  return (
    <nav aria-label="Folder" className="flex min-w-0 flex-wrap items-center gap-x-1 font-mono text-12">
      <Crumb current={parts.length === 0} onGo={() => onGo("/")}>
        {visible(root)}
      </Crumb>
      {parts.map((part, index) => (
        <span key={at(index)} className="flex min-w-0 items-center gap-1">
          <ChevronRight aria-hidden="true" className="size-3 flex-none stroke-[1.75] text-subtle-foreground" />
          <Crumb current={index === parts.length - 1} onGo={() => onGo(at(index))}>
            {visible(part)}
          </Crumb>
        </span>
      ))}
    </nav>
  );
}

function Crumb({ current, onGo, children }: { current: boolean; onGo: () => void; children: ReactNode }) {
  if (current) {
    return (
      <span aria-current="true" className="min-w-0 font-medium [overflow-wrap:anywhere]">
        {children}
      </span>
    );
  }
  return (
    <button
      type="button"
      onClick={onGo}
      className="min-w-0 text-left text-muted-foreground [overflow-wrap:anywhere] hover:text-foreground hover:underline max-sm:min-h-11"
    >
      {children}
    </button>
  );
}

const PICTURE = /\.(png|jpe?g|gif|webp|avif)$/i;

function EntryRow({ entry, chosen, onOpen }: { entry: FileEntry; chosen: boolean; onOpen: () => void }) {
  const Icon =
    entry.type === "folder"
      ? FolderIcon
      : entry.type === "link"
        ? FileSymlink
        : entry.type === "other"
          ? Shapes
          : PICTURE.test(entry.name)
            ? ImageIcon
            : File;
  return (
    <li className="border-b border-hairline last:border-b-0">
      <button
        type="button"
        data-entry={entry.path}
        aria-current={chosen ? "true" : undefined}
        onClick={onOpen}
        className="grid min-h-9 w-full grid-cols-[16px_minmax(0,1fr)_72px_110px] items-center gap-x-2.5 px-3.5 py-1 text-left text-12 hover:bg-muted aria-[current]:bg-accent max-sm:min-h-12 max-sm:grid-cols-[16px_minmax(0,1fr)_72px]"
      >
        <Icon aria-hidden="true" className="size-[15px] stroke-[1.75] text-muted-foreground" />
        <span className="min-w-0 truncate font-mono" title={visible(entry.name)}>
          {visible(entry.name)}
          {entry.type === "folder" ? <span className="text-subtle-foreground">/</span> : null}
          {entry.target === null ? null : <span className="text-subtle-foreground"> → {visible(entry.target)}</span>}
        </span>
        <span className="num text-right text-muted-foreground">
          {entry.type === "file" ? formatBytes(entry.size) : ""}
        </span>
        <span className="num truncate text-right text-subtle-foreground max-sm:hidden">
          {entry.mtime ? formatDay(entry.mtime) : ""}
        </span>
      </button>
    </li>
  );
}

function Rows() {
  return (
    <div role="status" aria-label="Loading" className="after-moment">
      {[0, 1, 2, 3, 4].map((index) => (
        <div key={index} className="flex h-9 items-center gap-6 border-b border-hairline px-3.5 last:border-b-0">
          <Skeleton className="h-3 w-40" />
          <Skeleton className="ml-auto h-3 w-12" />
        </div>
      ))}
    </div>
  );
}
