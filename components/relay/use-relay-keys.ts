"use client";

import type { Link } from "#lib/relay/shapes.ts";
import { useKeys } from "@/components/shell/keys.tsx";
import { say } from "@/components/shell/toast.tsx";
import { copyText } from "@/components/ui/copy-button.tsx";
import type { RelayRow } from "./relay-rows.ts";
import type { Choice } from "./use-choice.ts";
import { addressOf } from "./use-relay.ts";

interface RelayKeys {
  rows: readonly RelayRow[];
  choice: Choice;
  mayAct: boolean;
  /** alive, of the service that is open */
  links: readonly Link[];
  onRevoke: (link: Link) => void;
}

export function useRelayKeys({ rows, choice, mayAct, links, onRevoke }: RelayKeys): void {
  const link = links[0];
  const url = link ? addressOf(link.id) : null;
  const move = (by: number) => {
    const at = rows.findIndex(({ key }) => key === choice.key);
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next && next.key !== choice.key) choice.select(next);
  };
  const copy = async () => {
    if (url === null) return;
    const worked = await copyText(url);
    say(
      worked
        ? { tone: "ok", title: "Link copied", text: "Whoever has it sees this code.", id: "link" }
        : { tone: "fail", title: "The link was not copied", id: "link" },
    );
  };
  useKeys("page", [
    { keys: ["j", "ArrowDown"], label: "Next row", bar: "Move", repeats: true, run: () => move(1) },
    { keys: ["k", "ArrowUp"], label: "Previous row", bar: "Move", repeats: true, run: () => move(-1) },
    {
      keys: ["Enter"],
      label: "Show or cover the code",
      bar: choice.shown ? "Cover" : "Show code",
      off: !mayAct || !choice.row?.code,
      run: () => choice.show(!choice.shown),
    },
    { keys: ["c"], label: "Copy link", bar: "Copy link", off: url === null, run: () => void copy() },
    { keys: ["x"], label: "Revoke link", bar: "Revoke", off: !link, run: () => link && onRevoke(link) },
    { keys: ["u", "Escape"], label: "Close", off: choice.service === null, run: choice.close },
  ]);
}
