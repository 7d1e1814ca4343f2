import type { ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";
import { CommandLine } from "@/components/ui/command-line.tsx";

interface EmptyNoteProps {
  title: ReactNode;
  text: ReactNode;
  command?: string | null;
  children?: ReactNode;
  className?: string;
}

/** Nothing to show: what is missing, where we looked, the way on. */
export function EmptyNote({ title, text, command, children, className }: EmptyNoteProps) {
  return (
    <div className={cn("grid justify-items-start gap-1 px-6 pt-7 pb-[30px]", className)}>
      <p className="text-14 font-semibold [overflow-wrap:anywhere]">{title}</p>
      <p className="max-w-[46ch] text-pretty text-muted-foreground">{text}</p>
      {command ? <CommandLine command={command} className="mt-2.5 mb-2 w-full" /> : null}
      {children ? <div className="mt-3 flex flex-wrap gap-1.5">{children}</div> : null}
    </div>
  );
}
