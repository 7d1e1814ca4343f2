"use client";

import type { Ledger } from "#lib/services/ports/shapes.ts";
import type { Service } from "#lib/services/service.ts";
import { useReading } from "@/components/shell/use-reading.ts";
import { Note } from "@/components/ui/note.tsx";
import { LiteralWords } from "./literal-words.tsx";

/** Before a start: the ports that it would not get, and who has them. */
export function PortConflicts({ service }: { service: Service }) {
  const isDown = service.state === "stopped" || service.state === "failed";
  const { data } = useReading<Ledger>(isDown ? `/ports?service=${encodeURIComponent(service.id)}` : null);
  const conflicts = (isDown && data?.conflicts.filter(({ wants }) => wants.includes(service.id))) || [];
  if (conflicts.length === 0) return null;
  return (
    <Note tone="warn" className="mx-5 mt-3 max-sm:mx-4" title="It would not get every port that it asks for">
      <ul>
        {conflicts.map(({ protocol, address, port, words }) => (
          <li key={`${protocol} ${address} ${port}`} className="[overflow-wrap:anywhere]">
            <LiteralWords text={words} />
          </li>
        ))}
      </ul>
    </Note>
  );
}
