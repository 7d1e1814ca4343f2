"use client";

import { Download, X } from "lucide-react";
import type { ReactNode } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import type { FileEntry } from "#lib/volumes/shapes.ts";
import { buttonStyle } from "@/components/ui/button.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { TEXT_LIMIT } from "./file-preview.ts";
import { usePreview } from "./use-preview.ts";

interface FilePaneProps {
  api: string;
  entry: FileEntry;
  actions: ReactNode;
  onClose: () => void;
}

/** One file: what it is, and as much of it as can be shown. */
export function FilePane({ api, entry, actions, onClose }: FilePaneProps) {
  const url = `/api/v1${api}/file?path=${encodeURIComponent(entry.path)}`;
  const isFile = entry.type === "file";
  return (
    <Panel aria-label={`File ${entry.name}`} className="min-w-0 overflow-hidden md:sticky md:top-16">
      <header className="flex min-h-10 items-center gap-2 border-b border-hairline py-1.5 pr-2 pl-3.5">
        <h2 className="min-w-0 font-mono text-13 font-medium [overflow-wrap:anywhere]">{visible(entry.name)}</h2>
        {isFile ? (
          <a
            href={`${url}&download=1`}
            download
            className={buttonStyle({ size: "sm", className: "ml-auto max-sm:h-11" })}
          >
            <Download aria-hidden="true" />
            Download
          </a>
        ) : null}
        <IconButton
          label="Close file"
          className={isFile ? "max-sm:size-11" : "ml-auto max-sm:size-11"}
          onClick={onClose}
        >
          <X aria-hidden="true" />
        </IconButton>
      </header>
      <dl className="grid grid-cols-[72px_minmax(0,1fr)] gap-x-3 border-b border-hairline px-3.5 py-2 text-12 leading-[22px]">
        <dt className="text-muted-foreground">Size</dt>
        <dd className="num">{formatBytes(entry.size)}</dd>
        <dt className="text-muted-foreground">Owner</dt>
        <dd className="font-mono">
          {visible(entry.owner)} {(entry.mode & 0o7777).toString(8).padStart(4, "0")}
        </dd>
        <dt className="text-muted-foreground">Changed</dt>
        <dd>{entry.mtime ? formatExact(entry.mtime) : "not known"}</dd>
        {entry.target === null ? null : (
          <>
            <dt className="text-muted-foreground">Leads to</dt>
            <dd className="font-mono [overflow-wrap:anywhere]">{visible(entry.target)}</dd>
          </>
        )}
      </dl>
      {actions ? <div className="border-b border-hairline px-3.5 py-2">{actions}</div> : null}
      {isFile ? (
        <Shown url={url} entry={entry} />
      ) : (
        <p className="px-3.5 py-3 text-12 text-muted-foreground">
          {entry.type === "link" ? "A link is not followed here." : "A device, pipe or socket has nothing to show."}
        </p>
      )}
    </Panel>
  );
}

function Shown({ url, entry }: { url: string; entry: FileEntry }) {
  const { preview, problem } = usePreview(url, entry);
  if (problem) {
    return (
      <Note tone="fail" alert title="The file could not be read" className="m-3.5">
        {problem.words}
      </Note>
    );
  }
  if (!preview) return <Skeleton className="m-3.5 h-24 w-64" />;
  if (preview.kind === "image") {
    return (
      <div className="flex justify-center bg-inset p-3.5">
        {/* biome-ignore lint/performance/noImgElement: bytes of a volume, as they are */}
        <img src={preview.url} alt={`Preview of ${visible(entry.name)}`} className="max-h-[60vh] max-w-full" />
      </div>
    );
  }
  if (preview.kind === "text") {
    return (
      <>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-[60vh] overflow-auto bg-inset p-3.5 font-mono text-12 leading-5 [overflow-wrap:anywhere] whitespace-pre-wrap"
        >
          {preview.text}
        </pre>
        {preview.cut ? (
          <p className="border-t border-hairline px-3.5 py-2 text-12 text-muted-foreground">
            The first {formatBytes(TEXT_LIMIT)} of {formatBytes(entry.size)}.
          </p>
        ) : null}
      </>
    );
  }
  return (
    <p className="px-3.5 py-3 text-12 text-muted-foreground">
      {preview.kind === "empty" ? "It is empty." : "It is neither text nor a picture. Download it to look at it."}
    </p>
  );
}
