"use client";

import { Bookmark, Plus, X } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { type LogView, parseLogView, USUAL_RANGE, writeLogView } from "./log-view.ts";
import { LONGEST_NAME, parseSavedViews, type SavedView, withView } from "./saved-views.ts";
import { store, useStored } from "./stored-text.ts";

const KEY = "log-views";

/** Views by name, and a name for the one that is shown. */
export function SavedViewsList({ view, onView }: { view: LogView; onView: (view: LogView) => void }) {
  const stored = useStored(KEY);
  const views = useMemo(() => parseSavedViews(stored), [stored]);
  const [naming, setNaming] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const own = writeLogView({ ...view, line: null }, USUAL_RANGE);
  const keep = (next: SavedView[]) => store(KEY, JSON.stringify(next));
  return (
    <section aria-label="Saved views" className="mt-4 border-t border-border pt-3 pb-2">
      <div className="flex h-7 items-center justify-between pr-2 pl-4 text-12">
        <h2 className="font-semibold">Saved views</h2>
        <IconButton label="Save this view" look="small" className="max-sm:size-11" onClick={() => setNaming(true)}>
          <Plus aria-hidden="true" />
        </IconButton>
      </div>
      {views.length === 0 ? (
        <p className="px-4 text-12 text-pretty text-subtle-foreground">
          Sources, levels, search and time range, under a name.
        </p>
      ) : (
        <ul>
          {views.map((saved) => (
            <li
              key={saved.name}
              className="group/view flex h-[26px] items-center pr-2 pl-4 text-12 hover:bg-muted max-sm:h-11"
            >
              <a
                href={`/logs${saved.search}`}
                aria-current={saved.search === own ? "true" : undefined}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                  event.preventDefault();
                  onView(parseLogView(new URLSearchParams(saved.search), USUAL_RANGE));
                }}
                className="flex h-full min-w-0 flex-1 items-center gap-2 text-muted-foreground hover:text-foreground aria-[current]:text-foreground"
              >
                <Bookmark aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
                <span className="truncate" title={saved.name}>
                  {saved.name}
                </span>
              </a>
              <IconButton
                label={`Forget view ${saved.name}`}
                look="small"
                className="opacity-0 group-hover/view:opacity-100 focus-visible:opacity-100 max-sm:size-11 max-sm:opacity-100"
                onClick={() => keep(views.filter(({ name }) => name !== saved.name))}
              >
                <X aria-hidden="true" />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={naming}
        onClose={() => setNaming(false)}
        title="Save this view"
        text="It is kept in this browser. A view of the same name gives way."
        initialFocus={field}
      >
        {naming ? (
          <form
            className="flex gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              const name = field.current?.value.trim() ?? "";
              if (name === "") return;
              keep(withView(views, { name, search: own }));
              setNaming(false);
            }}
          >
            <TextField
              ref={field}
              label="Name"
              placeholder="wa-scheduler, warn and up"
              maxLength={LONGEST_NAME}
              className="flex-1"
            />
            <Button type="submit" variant="filled">
              Save view
            </Button>
          </form>
        ) : null}
      </Dialog>
    </section>
  );
}
