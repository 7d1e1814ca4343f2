"use client";

import { Dialog } from "@base-ui/react/dialog";
import { Command as Cmdk } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { Fragment, useMemo, useState } from "react";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { useAct } from "./act.tsx";
import { usePalette } from "./commands.tsx";
import { KeyCaps } from "./key-caps.tsx";
import { useLive } from "./live.ts";
import { useMe } from "./me.tsx";
import { isVerb, OFFERED, type PaletteItem, paletteItems } from "./palette-items.ts";
import { pieces, readQuery, search } from "./palette-search.ts";

const PER_GROUP = 8;

/** Search or run a command: actions first, then places. */
export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-scrim" />
        <Dialog.Popup className="fixed inset-x-4 top-[112px] z-50 mx-auto max-w-[640px] animate-enter overflow-hidden rounded-dialog border border-border-strong bg-popover shadow-pop outline-none max-sm:inset-x-2 max-sm:top-2">
          <Dialog.Title className="sr-only">Search or run a command</Dialog.Title>
          <Finder onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ onClose }: { onClose: () => void }) {
  const { store } = useLive();
  const palette = usePalette();
  const router = useRouter();
  const { act } = useAct();
  const { verbs } = useMe();
  const [query, setQuery] = useState("");
  const [selected, setSelected] = useState("");
  // of the moment it opened: a list that changes under the arrow keys runs the wrong thing
  const [items] = useState(() => paletteItems(store.services(), palette.commands(), { now: Date.now(), verbs }));
  const { words, groups } = useMemo(() => find(items, query), [items, query]);
  const shown = groups.flatMap((group) => group.items);
  const current = shown.find((item) => item.id === selected) ?? shown[0];

  const run = (item: PaletteItem, openInstead: boolean) => {
    onClose();
    const { task, href } = item;
    if (task === null || (openInstead && href !== null)) {
      if (href !== null) router.push(href);
    } else if ("run" in task) {
      task.run();
    } else {
      const service = store.service(task.service);
      // after this dialog has given the focus back, so that a question can take it
      if (service) setTimeout(() => act(service, task.action));
    }
  };

  return (
    <Cmdk
      shouldFilter={false}
      loop
      label="Search or run a command"
      value={current?.id ?? ""}
      onValueChange={setSelected}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !current) return;
        event.preventDefault();
        run(current, true);
      }}
    >
      <div className="flex h-[52px] items-center gap-2.5 border-b border-border px-4 text-16">
        <Search aria-hidden="true" className="icon text-subtle-foreground" />
        <Cmdk.Input
          value={query}
          onValueChange={(next) => {
            setQuery(next);
            setSelected("");
          }}
          placeholder="Search or run a command"
          className="h-full min-w-0 flex-1 bg-transparent outline-none placeholder:text-subtle-foreground"
        />
        <Dialog.Close className="inline-flex rounded-tag max-sm:h-11 max-sm:items-center max-sm:px-2">
          <Kbd>esc</Kbd>
          <span className="sr-only">closes</span>
        </Dialog.Close>
      </div>
      <Cmdk.List
        label="Results"
        className="max-h-[min(436px,calc(100dvh-220px))] scroll-py-1.5 overflow-y-auto overscroll-contain p-1.5"
      >
        <Cmdk.Empty className="px-2.5 py-6 text-muted-foreground">
          {query.trim() ? `Nothing matches “${query.trim()}”.` : "Nothing to show."}
        </Cmdk.Empty>
        {groups.map((group) => (
          <Cmdk.Group
            key={group.heading}
            heading={group.heading}
            className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-11 [&_[cmdk-group-heading]]:text-subtle-foreground"
          >
            {group.items.map((item) => (
              <Row
                key={item.id}
                item={item}
                words={words}
                current={item === current}
                onRun={(event) => run(item, event)}
              />
            ))}
          </Cmdk.Group>
        ))}
      </Cmdk.List>
      <Foot />
    </Cmdk>
  );
}

interface RowProps {
  item: PaletteItem;
  words: readonly string[];
  current: boolean;
  onRun: (openInstead: boolean) => void;
}

function Row({ item, words, current, onRun }: RowProps) {
  const Icon = item.icon;
  return (
    <Cmdk.Item
      value={item.id}
      onSelect={() => onRun(false)}
      className="group flex h-9 items-center gap-2.5 rounded-control px-2.5 whitespace-nowrap text-muted-foreground data-[selected=true]:bg-accent max-sm:h-11"
    >
      {item.kind ? (
        <HelmIcon kind={item.kind} />
      ) : Icon ? (
        <Icon aria-hidden="true" className="icon text-subtle-foreground" />
      ) : null}
      <span className="max-w-[60%] flex-none truncate text-foreground max-sm:max-w-none max-sm:flex-auto">
        <Marked text={item.label} words={words} />
      </span>
      {item.hint ? (
        <span className="truncate text-12 text-subtle-foreground group-data-[selected=true]:text-muted-foreground max-sm:hidden">
          <Marked text={item.hint} words={words} />
        </span>
      ) : null}
      <span className="ml-auto flex-none text-12">
        {item.asks ?? (item.keyName ? <KeyCaps name={item.keyName} /> : current ? <Kbd>↵</Kbd> : null)}
      </span>
    </Cmdk.Item>
  );
}

function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return pieces(text, words).map((piece) =>
    piece.hit ? (
      <b key={piece.at} className="text-foreground">
        {piece.text}
      </b>
    ) : (
      <Fragment key={piece.at}>{piece.text}</Fragment>
    ),
  );
}

function Foot() {
  return (
    <div className="flex h-9 items-center gap-4 border-t border-hairline bg-muted px-3.5 text-11 text-muted-foreground max-sm:hidden [&_kbd]:bg-popover [&>span]:inline-flex [&>span]:items-center [&>span]:gap-1.5">
      <span>
        <span>
          <Kbd>↑</Kbd>
          <Kbd>↓</Kbd>
        </span>
        Move
      </span>
      <span>
        <Kbd>↵</Kbd>Run
      </span>
      <span>
        <span>
          <KeyCaps name="Mod+Enter" />
        </span>
        Open instead
      </span>
      <span className="ml-auto">
        <Kbd>&gt;</Kbd>Actions only
      </span>
      <span>
        <Kbd>@</Kbd>Services only
      </span>
    </div>
  );
}

function find(items: readonly PaletteItem[], query: string) {
  const { only, words } = readQuery(query);
  const isOffered = (item: PaletteItem) => words.length > 0 || only !== null || (item.weight ?? 0) >= OFFERED;
  const actions = only === "services" ? [] : items.filter((item) => item.group === "actions" && isOffered(item));
  const places = items.filter((item) => item.group === "places" && isOffered(item));
  const wanted = only === "services" ? places.filter((item) => item.kind !== null) : only === "actions" ? [] : places;
  const exact = search(wanted, words, PER_GROUP);
  const rest = words.filter((word) => !isVerb(word));
  const groups = [
    { heading: "Actions", items: search(actions, words, PER_GROUP) },
    { heading: "Go to", items: exact.length > 0 || rest.length === 0 ? exact : search(wanted, rest, PER_GROUP) },
  ];
  return { words, groups: groups.filter((group) => group.items.length > 0) };
}
