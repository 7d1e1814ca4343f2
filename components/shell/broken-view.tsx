"use client";

import { Copy } from "lucide-react";
import { useEffect } from "react";
import { Button } from "@/components/ui/button.tsx";
import { useCopy } from "@/components/ui/copy-button.tsx";

export interface BrokenViewProps {
  error: Error & { digest?: string };
  retry: () => void;
  /** what still works around it */
  rest?: string;
}

/** A page that broke: owns the fault, keeps the rest, gives an id that the server's log knows too. */
export function BrokenView({ error, retry, rest = "The rest of the app still works." }: BrokenViewProps) {
  const { copied, copy } = useCopy();
  const id = error.digest ?? shortId(`${error.name} ${error.message}`);
  useEffect(() => {
    document.getElementById("broken")?.focus();
  }, []);
  return (
    <div className="flex flex-1 items-start justify-center p-5">
      <section
        id="broken"
        tabIndex={-1}
        className="mt-[12vh] grid w-full max-w-[460px] justify-items-start gap-1 rounded-panel border border-border bg-card px-6 pt-7 pb-[30px] outline-none"
      >
        <h1 className="text-14 font-semibold">This view stopped working</h1>
        <p className="text-pretty text-muted-foreground">The fault is in Trihelm, not in your services. {rest}</p>
        <div className="mt-3 flex flex-wrap gap-1.5">
          <Button onClick={retry}>Load again</Button>
          <Button
            variant="ghost"
            icon={<Copy aria-hidden="true" />}
            onClick={() => void copy(`t-${id}: ${error.name}: ${error.message}\n${location.href}`)}
          >
            {copied ? "Copied" : `Copy error t-${id}`}
          </Button>
        </div>
      </section>
    </div>
  );
}

/** The same words give the same id, so that two reports of one fault can be told from two faults. */
function shortId(text: string): string {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.codePointAt(0)!) | 0;
  return (hash >>> 0).toString(16).slice(0, 6);
}
