"use client";

/** What the command palette offers beyond services: commands of the shell and of the page that is open. */
import type { LucideIcon } from "lucide-react";
import { createContext, type ReactNode, use, useEffect, useLayoutEffect, useRef, useState } from "react";

export interface Command {
  id: string;
  /** a verb with its object: `Group by app` */
  label: string;
  hint?: string;
  icon: LucideIcon;
  /** the key that does the same */
  keyName?: string;
  run: () => void;
}

interface Holder {
  commands: readonly Command[];
}

interface Palette {
  open: () => void;
  /** the commands of this moment */
  commands: () => Command[];
  add: (holder: Holder) => () => void;
}

const PaletteContext = createContext<Palette | null>(null);

export function usePalette(): Palette {
  const palette = use(PaletteContext);
  if (!palette) throw new Error("The command palette is used outside of its provider");
  return palette;
}

/** Offers commands while the component is there. */
export function useCommands(commands: readonly Command[]): void {
  const { add } = usePalette();
  const holder = useRef<Holder>({ commands });
  useLayoutEffect(() => {
    holder.current.commands = commands;
  });
  useEffect(() => add(holder.current), [add]);
}

export function PaletteProvider({ open, children }: { open: () => void; children: ReactNode }) {
  const [palette] = useState<Palette>(() => {
    const holders = new Set<Holder>();
    return {
      open,
      commands: () => [...holders].flatMap((holder) => holder.commands),
      add: (holder) => {
        holders.add(holder);
        return () => holders.delete(holder);
      },
    };
  });
  return <PaletteContext value={palette}>{children}</PaletteContext>;
}
