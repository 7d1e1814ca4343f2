import { cn } from "#lib/format/cn.ts";
import { CopyButton } from "./copy-button.tsx";

/** A line to type in a terminal, with copy. */
export function CommandLine({ command, className }: { command: string; className?: string }) {
  return (
    <div
      className={cn(
        "flex h-9 items-center gap-2.5 rounded-control border border-border bg-inset pr-[5px] pl-3 font-mono text-12 leading-none",
        className,
      )}
    >
      <span aria-hidden="true" className="text-subtle-foreground select-none">
        $
      </span>
      <code className="flex-1 truncate text-12 leading-5" title={command}>
        {command}
      </code>
      <CopyButton text={command} label="Copy command" />
    </div>
  );
}
