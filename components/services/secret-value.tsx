"use client";

import { Eye, EyeOff, Lock } from "lucide-react";
import { useEffect, useState } from "react";
import { visible } from "#lib/format/visible.ts";
import { ApiProblem, reveal } from "@/components/shell/api-client.ts";
import { useMay } from "@/components/shell/me.tsx";
import { say } from "@/components/shell/toast.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";

const SHOWN_FOR = 30_000;

/** A value that is hidden. Who may see it can ask for it: it is there for 30 s, and the audit trail says that it was. */
export function SecretValue({ service, name }: { service: string; name: string }) {
  const may = useMay("reveal");
  const [value, setValue] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (value === null) return;
    const timer = setTimeout(() => setValue(null), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [value]);
  const ask = async () => {
    setBusy(true);
    try {
      setValue((await reveal(service, name)).value);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!error.cancelled)
        say({ tone: "fail", title: `${name} stays hidden`, text: error.words, id: `reveal ${name}` });
    } finally {
      setBusy(false);
    }
  };
  if (value !== null) {
    return (
      <span className="flex min-h-5 items-start gap-1.5">
        <span className="min-w-0 [overflow-wrap:anywhere]">{value === "" ? <Empty /> : visible(value)}</span>
        <span className="-my-px inline-flex flex-none gap-0.5">
          <CopyButton text={value} label={`Copy ${name}`} look="small" />
          <IconButton label={`Hide ${name}`} look="small" onClick={() => setValue(null)}>
            <EyeOff aria-hidden="true" />
          </IconButton>
        </span>
        <span role="status" className="sr-only">
          Shown for 30 seconds
        </span>
      </span>
    );
  }
  return (
    <span className="inline-flex min-h-5 items-center gap-1.5 font-sans text-muted-foreground">
      <Lock aria-hidden="true" className="size-3 stroke-2" />
      hidden
      {may ? (
        <button
          type="button"
          disabled={busy}
          aria-label={`Reveal ${name}`}
          onClick={() => void ask()}
          className="ml-1 inline-flex items-center gap-1 rounded-tag px-1 font-medium text-foreground hover:bg-accent disabled:opacity-50 max-sm:min-h-9 max-sm:px-2"
        >
          <Eye aria-hidden="true" className="size-3.5 stroke-[1.75]" />
          Reveal
        </button>
      ) : null}
    </span>
  );
}

function Empty() {
  return <span className="font-sans text-muted-foreground">empty</span>;
}
