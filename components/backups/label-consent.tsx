"use client";

import { useState } from "react";
import type { BackupLabels, Consent } from "#lib/backups/consent.ts";
import { visible } from "#lib/format/visible.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { call } from "@/components/shell/api-client.ts";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { Checkbox } from "@/components/ui/checkbox.tsx";

/** What containers want of a backup by their labels, or by the database that they are: nothing of it is done before it is allowed. */
export function LabelConsents({ services }: { services: readonly string[] }) {
  return services.map((id) => <LabelConsent key={id} id={id} />);
}

type Part = keyof Consent;

function LabelConsent({ id }: { id: string }) {
  const path = `/services/${id}/backup-labels`;
  const { data, reload } = useReading<BackupLabels>(path);
  const [chosen, setChosen] = useState<Partial<Consent>>({});
  if (!data) return null;
  const offers = offersOf(data);
  if (offers.length === 0) return null;
  const name = visible(parseServiceId(id)?.name ?? id);
  const wanted = { ...data.allowed, ...chosen };
  const changed = offers.some(({ part }) => wanted[part] !== data.allowed[part]);
  const save = async () => {
    const none = Object.values(wanted).every((allowed) => !allowed);
    const done = await attempt(`What ${name} asks for stays as it was`, () =>
      none ? call("DELETE", path) : call("PUT", path, wanted),
    );
    if (!done) return;
    setChosen({});
    reload();
  };
  return (
    <section
      aria-label={`Backups of ${name}`}
      className="flex-none border-b border-hairline px-5 py-3 text-12 max-sm:px-4"
    >
      <h3 className="font-medium">
        <span className="font-mono">{name}</span>, when it is backed up
      </h3>
      <div className="mt-1.5 grid gap-1.5">
        {offers.map(({ part, words, command }) => (
          <Checkbox
            key={part}
            checked={wanted[part]}
            onChange={(event) => setChosen((now) => ({ ...now, [part]: event.target.checked }))}
            hint={command ? <code className="font-mono [overflow-wrap:anywhere]">{visible(command)}</code> : undefined}
          >
            {words}
          </Checkbox>
        ))}
      </div>
      {changed ? (
        <Button size="sm" className="mt-2 max-sm:h-11" onClick={() => void save()}>
          Allow as chosen
        </Button>
      ) : null}
    </section>
  );
}

function offersOf({ asks, database }: BackupLabels): { part: Part; words: string; command: string | null }[] {
  const run = (part: Part, words: string, command: readonly string[] | null) =>
    command ? [{ part, words, command: command.join(" ") }] : [];
  return [
    ...(asks.stop ? [{ part: "stop" as const, words: "Stop it, as its label asks", command: null }] : []),
    ...run("pre", "Run this in it before", asks.pre),
    ...run("post", "Run this in it after", asks.post),
    ...run(
      "dump",
      `Dump ${database ? visible(database.title) : "its database"} by its own tool`,
      database?.command ?? null,
    ),
  ];
}
