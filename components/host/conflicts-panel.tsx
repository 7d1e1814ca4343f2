import { CircleX } from "lucide-react";
import type { PortConflict } from "#lib/services/ports/shapes.ts";
import { LiteralWords } from "@/components/services/literal-words.tsx";
import { ServiceRef } from "@/components/services/service-ref.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Count } from "@/components/ui/tag.tsx";

/** Ports that two want: who would not get one on its next start. */
export function ConflictsPanel({ conflicts }: { conflicts: readonly PortConflict[] }) {
  return (
    <Panel aria-label="Conflicts" className="overflow-hidden">
      <h2 className="flex items-center gap-2 border-b border-hairline px-4 py-2.5 font-semibold">
        Conflicts <Count tone="fail">{conflicts.length}</Count>
      </h2>
      <ul>
        {conflicts.map(({ protocol, address, port, holder, wants, words }) => (
          <li
            key={`${protocol} ${address} ${port}`}
            className="grid grid-cols-[16px_minmax(0,1fr)] gap-x-3 border-hairline px-4 py-2.5 not-first:border-t"
          >
            <CircleX aria-hidden="true" className="icon mt-0.5 text-fail" />
            <div className="min-w-0">
              <p className="text-pretty [overflow-wrap:anywhere]">
                <LiteralWords text={words} />
              </p>
              <p className="mt-0.5 flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-12 text-muted-foreground">
                <span className="font-mono">
                  {port}/{protocol}
                </span>
                {holder?.service ? (
                  <span className="inline-flex min-w-0 items-center gap-1.5">
                    held by <ServiceRef id={holder.service} />
                  </span>
                ) : null}
                {wants.map((id) => (
                  <span key={id} className="inline-flex min-w-0 items-center gap-1.5">
                    wanted by <ServiceRef id={id} />
                  </span>
                ))}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
