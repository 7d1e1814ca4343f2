"use client";

import { Fragment } from "react";
import { Dialog } from "@/components/ui/dialog.tsx";
import { KeyCaps } from "./key-caps.tsx";
import { type KeyBinding, useAllKeys, useSingleKeys } from "./keys.tsx";

const HEADING = { page: "On this page", everywhere: "Everywhere" };

/** All keys that work now, and the switch for those that are single. */
export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const scopes = useAllKeys();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <Dialog open={open} onClose={onClose} title="Keys" text="Single keys work outside of fields." width="wide">
      {scopes
        .filter(({ bindings }) => bindings.length > 0)
        .map(({ scope, bindings }) => (
          <section key={scope}>
            <h3 className="mb-1.5 text-12 font-semibold">{HEADING[scope]}</h3>
            <dl className="grid grid-cols-2 gap-x-4 gap-y-1.5 text-12 max-sm:grid-cols-1">
              {bindings.map((binding) => (
                <div key={binding.label} className="grid grid-cols-[76px_1fr] items-center">
                  <dt>
                    <Caps binding={binding} />
                  </dt>
                  <dd className="text-muted-foreground">{binding.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      <label className="flex items-center gap-2 border-t border-hairline pt-3.5 text-12">
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={(event) => setSingleKeys(event.target.checked)}
          className="size-4 accent-foreground"
        />
        Single keys without Ctrl or ⌘ are on
      </label>
    </Dialog>
  );
}

function Caps({ binding }: { binding: KeyBinding }) {
  return binding.keys.map((key, index) => (
    <Fragment key={key}>
      {index > 0 ? <span className="mx-0.5 text-subtle-foreground"> </span> : null}
      <KeyCaps name={key} />
    </Fragment>
  ));
}
