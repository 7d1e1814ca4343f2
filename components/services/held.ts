"use client";

import { type FocusEvent, type PointerEvent, useState } from "react";
import type { App } from "./board-apps.ts";
import type { RowGroup } from "./board-columns.ts";
import { heldOrder } from "./board-order.ts";

interface Held<Value> {
  value: Value;
  /** put on the element whose content must not jump */
  handlers: {
    onPointerEnter: (event: PointerEvent<HTMLElement>) => void;
    onPointerLeave: (event: PointerEvent<HTMLElement>) => void;
    onFocus: (event: FocusEvent<HTMLElement>) => void;
    onBlur: (event: FocusEvent<HTMLElement>) => void;
  };
}

/**
 * Holds what an element shows in place while a mouse points at it or the keyboard is in it. `hold` merges what was shown
 * when that began with what is true now; another `key` (the person asked for something else) lets go at once.
 */
export function useHeld<Value>(next: Value, key: string, hold: (held: Value, next: Value) => Value): Held<Value> {
  const [held, setHeld] = useState<{ value: Value; key: string; by: "pointer" | "focus" } | null>(null);
  const value = held && held.key === key ? hold(held.value, next) : next;
  const take = (by: "pointer" | "focus") => setHeld((now) => (now?.key === key ? now : { value, key, by }));
  const release = (by: "pointer" | "focus") => setHeld((now) => (now?.by === by ? null : now));
  return {
    value,
    handlers: {
      onPointerEnter: (event) => event.pointerType === "mouse" && take("pointer"),
      onPointerLeave: () => release("pointer"),
      // a click leaves its focus behind, which says nothing: only the keyboard's focus holds
      onFocus: (event) => event.target.matches(":focus-visible") && take("focus"),
      onBlur: (event) => !event.currentTarget.contains(event.relatedTarget) && release("focus"),
    },
  };
}

/** Groups and rows keep their place; what is new comes last. */
export function holdGroups(held: readonly RowGroup[], next: readonly RowGroup[]): RowGroup[] {
  const byKey = new Map(next.map((group) => [group.key, group]));
  const before = new Map(held.map((group) => [group.key, group]));
  return heldOrder([...before.keys()], [...byKey.keys()], true).map((key) => {
    const group = byKey.get(key)!;
    return { ...group, ids: [...heldOrder(before.get(key)?.ids ?? null, group.ids, true)] };
  });
}

/** Apps keep their column; new ones go under the shortest. */
export function holdApps(held: readonly App[][], next: readonly App[][]): App[][] {
  const byKey = new Map(next.flat().map((app) => [app.key, app]));
  const columns = held.map((column) =>
    column.flatMap((before) => {
      const app = byKey.get(before.key);
      byKey.delete(before.key);
      return app ? [{ ...app, ids: [...heldOrder(before.ids, app.ids, true)] }] : [];
    }),
  );
  for (const app of byKey.values()) {
    const shortest = columns.reduce((least, column) => (rows(column) < rows(least) ? column : least));
    shortest.push(app);
  }
  return columns;
}

function rows(column: readonly App[]): number {
  return column.reduce((sum, app) => sum + app.ids.length + 1, 0);
}
