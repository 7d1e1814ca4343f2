"use client";

import { useRouter } from "next/navigation";
import { type RefObject, useRef } from "react";
import type { Service } from "#lib/services/service.ts";
import { useAct } from "@/components/shell/act.tsx";
import { useKeys } from "@/components/shell/keys.tsx";
import { useLive } from "@/components/shell/live.ts";
import { logsHref } from "@/components/shell/places.ts";

interface BoardKeys {
  board: RefObject<HTMLElement | null>;
  filter: () => void;
  group: () => void;
  /** Escape with nothing selected; false when there was nothing to undo */
  clear: () => void;
}

/** Moves through the rows as they stand on the screen, whatever order or column holds them, and acts on the one in focus. */
export function useBoardKeys({ board, filter, group, clear }: BoardKeys): void {
  const { store } = useLive();
  const { act, startOrStop } = useAct();
  const router = useRouter();
  const place = useRef({ column: 0, row: 0 });

  const move = (down: number, right: number) => {
    const columns = columnsOf(board.current);
    if (columns.length === 0) return;
    const at = placeOf(columns, document.activeElement);
    const next = at ? step(columns, at, down, right) : inside(columns, place.current);
    place.current = next;
    const link = columns[next.column]?.[next.row]?.querySelector("a");
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  };
  const onRow = (run: (service: Service) => void) => {
    const id = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row;
    const service = id === undefined ? null : store.service(id);
    if (service) run(service);
  };

  useKeys("page", [
    { keys: ["j", "ArrowDown"], label: "Next row", bar: "Move", repeats: true, run: () => move(1, 0) },
    { keys: ["k", "ArrowUp"], label: "Previous row", bar: "Move", repeats: true, run: () => move(-1, 0) },
    { keys: ["ArrowRight"], label: "Next column", repeats: true, run: () => move(0, 1) },
    { keys: ["ArrowLeft"], label: "Previous column", repeats: true, run: () => move(0, -1) },
    // a row's link opens by itself; without one in focus the key goes back to where it was
    { keys: ["Enter"], label: "Open the row", bar: "Open", run: () => move(0, 0) },
    {
      keys: ["l"],
      label: "Logs",
      bar: "Logs",
      run: () => onRow(({ id }) => router.push(logsHref(id))),
    },
    {
      keys: ["r"],
      label: "Restart",
      bar: "Restart",
      run: () => onRow((service) => service.actions.includes("restart") && act(service, "restart")),
    },
    { keys: ["s"], label: "Start or stop", run: () => onRow(startOrStop) },
    { keys: ["/"], label: "Filter", bar: "Filter", run: filter },
    { keys: ["g"], label: "By supervisor, by app", bar: "Group", run: group },
    {
      keys: ["Escape"],
      label: "Leave the row, clear the filter",
      run: () => {
        const active = document.activeElement;
        if (active instanceof HTMLElement && active.closest("[data-row]")) active.blur();
        else clear();
      },
    },
  ]);
}

interface Place {
  column: number;
  row: number;
}

/** The rows that can be seen, column by column. */
function columnsOf(board: HTMLElement | null): HTMLElement[][] {
  const columns = [...(board?.querySelectorAll<HTMLElement>("[data-column]") ?? [])];
  return columns
    .filter((column) => column.offsetParent !== null)
    .map((column) => [...column.querySelectorAll<HTMLElement>("[data-row]")])
    .filter((rows) => rows.length > 0);
}

function placeOf(columns: HTMLElement[][], element: Element | null): Place | null {
  for (const [column, rows] of columns.entries()) {
    const row = rows.findIndex((candidate) => candidate.contains(element));
    if (row >= 0) return { column, row };
  }
  return null;
}

function step(columns: HTMLElement[][], at: Place, down: number, right: number): Place {
  if (right !== 0) return nearest(columns, at, right);
  if (down === 0) return at;
  const row = at.row + down;
  if (row >= 0 && row < columns[at.column]!.length) return { column: at.column, row };
  const column = at.column + down;
  if (column < 0 || column >= columns.length) return at;
  return { column, row: down > 0 ? 0 : columns[column]!.length - 1 };
}

/** The row of the neighbouring column at the same height. */
function nearest(columns: HTMLElement[][], at: Place, right: number): Place {
  const rows = columns[at.column + right];
  if (!rows) return at;
  const top = columns[at.column]![at.row]!.getBoundingClientRect().top;
  const distance = (row: HTMLElement) => Math.abs(row.getBoundingClientRect().top - top);
  const best = rows.reduce((least, row, index) => (distance(row) < distance(rows[least]!) ? index : least), 0);
  return { column: at.column + right, row: best };
}

function inside(columns: HTMLElement[][], { column, row }: Place): Place {
  const at = Math.min(column, columns.length - 1);
  return { column: at, row: Math.min(row, columns[at]!.length - 1) };
}
