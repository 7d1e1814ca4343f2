import { Plus } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button } from "@/components/ui/button.tsx";

/** The head of a settings page: what it is about, and the one thing to do here. */
export function PageHead({ title, text, children }: { title: string; text: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-20 font-semibold tracking-[-.015em]">{title}</h1>
        <p className="mt-0.5 max-w-[64ch] text-pretty text-muted-foreground">{text}</p>
      </div>
      {children ? <div className="flex gap-1.5 max-sm:w-full">{children}</div> : null}
    </header>
  );
}

/** The one thing to do on a page: make another of what it lists. */
export function AddButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <Button variant="filled" icon={<Plus aria-hidden="true" />} onClick={onClick} className="max-sm:h-11 max-sm:flex-1">
      {children}
    </Button>
  );
}

/** A part of a settings page, on a surface of its own. */
export function Section({ title, text, action, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-panel border border-border bg-card">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3.5">
        <div className="min-w-0">
          <h2 id={id} className="flex items-center gap-2 text-14 font-semibold">
            {title}
          </h2>
          {text ? <p className="max-w-[64ch] text-pretty text-muted-foreground">{text}</p> : null}
        </div>
        {action ? <div className="flex flex-none flex-wrap gap-1.5">{action}</div> : null}
      </div>
      {children ? <div className="border-t border-hairline">{children}</div> : null}
    </section>
  );
}

interface SectionProps {
  title: ReactNode;
  text?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}
