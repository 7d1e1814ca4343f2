"use client";

import { useState } from "react";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useServices } from "@/components/shell/live.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { HELM_NAME } from "@/components/ui/helm-icon.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";

interface Pattern {
  pattern: string | null;
  by: string | null;
  createdAt: string | null;
}

interface WatchSettingsProps {
  /** those that have asked before, which are offered first */
  asked: readonly string[];
  /** the one that is looked at */
  first: string | null;
  onClose: () => void;
}

/** What a service prints when it is linked, where the usual words do not tell it. */
export function WatchSettings({ asked, first, onClose }: WatchSettingsProps) {
  const services = useServices();
  const options = services
    .filter(({ id, listed, pinned }) => listed || pinned || asked.includes(id))
    .toSorted((a, b) => Number(asked.includes(b.id)) - Number(asked.includes(a.id)) || a.name.localeCompare(b.name))
    .map(({ id, name, supervisor }) => ({ value: id, label: `${name}, ${HELM_NAME[supervisor]}` }));
  const [service, setService] = useState(first ?? options[0]?.value ?? "");
  const path = `/services/${service}/relay-pattern`;
  const { data, problem: unread, reload } = useReading<Pattern>(path);
  const { busy, problem, onSubmit } = useSubmit(async ({ pattern = "" }) => {
    await call("PUT", path, { pattern });
    say({ tone: "ok", title: "The line is watched for", text: "It ends the code as soon as it is printed." });
    onClose();
  });
  const remove = async () => {
    if (await attempt("The expression was not removed", () => call("DELETE", path))) reload();
  };
  const wrong = problem?.about("pattern", "The expression") ?? null;
  return (
    <FormDialog
      title="Watch settings"
      text="Trihelm knows how the usual libraries say that a phone is linked. A service that says it differently gets an expression of its own."
      verb="Save"
      width="wide"
      busy={busy}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      {unread || (problem && wrong === null) ? (
        <Note tone="fail" alert title={unread ? "It could not be read" : "It was not saved"}>
          {(problem ?? unread)?.words}
        </Note>
      ) : null}
      <FormField label="Service">
        {(attributes) => (
          <Select {...attributes} value={service} options={options} onChange={setService} className="w-full" />
        )}
      </FormField>
      <FormField
        label="A line that says it is linked"
        hint="A regular expression (RE2). Any line of its log that matches ends the code and its links."
        error={wrong}
      >
        {(attributes) => (
          <TextField
            {...attributes}
            // another service's is another text
            key={`${service} ${data?.pattern}`}
            mono
            name="pattern"
            required
            maxLength={1000}
            defaultValue={data?.pattern ?? ""}
            placeholder="session (opened|restored) for"
            className="w-full max-sm:h-11"
          />
        )}
      </FormField>
      {data?.pattern && data.createdAt ? (
        <div className="flex items-center justify-between gap-3 text-12 text-muted-foreground">
          <span>
            Set by {data.by ?? "somebody"}, <TimeAgo time={data.createdAt} ago />
          </span>
          <Button size="sm" onClick={() => void remove()} className="max-sm:h-11">
            Remove
          </Button>
        </div>
      ) : null}
    </FormDialog>
  );
}
