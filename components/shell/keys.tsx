"use client";

/** The keyboard map: whoever is on the page says which keys it hears, and the rest of the shell can list them. */
import {
  createContext,
  type ReactNode,
  use,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { hearsKey, keySignature } from "./key-press.ts";

export interface KeyBinding {
  /** what the keyboard calls them (`KeyboardEvent.key`); `Mod+k` with the platform's command key; any of them does it */
  keys: readonly string[];
  /** what it does, for the list of all keys: `Next row` */
  label: string;
  /** a word for the status bar; bindings with the same word stand together: `j` `k` Move */
  bar?: string;
  run: (event: KeyboardEvent) => void;
  /** goes on while the key is held */
  repeats?: boolean;
  /** not now: it is neither heard nor listed */
  off?: boolean;
}

export type KeyScope = "page" | "everywhere";

interface Holder {
  scope: KeyScope;
  bindings: readonly KeyBinding[];
}

interface Registry {
  add: (holder: Holder) => () => void;
  changed: () => void;
  subscribe: (listener: () => void) => () => void;
  get: () => readonly Holder[];
}

const KeysContext = createContext<Registry | null>(null);

/** Hears keys while the component is there. Page keys come before those that work everywhere. */
export function useKeys(scope: KeyScope, bindings: readonly KeyBinding[]): void {
  const registry = useRegistry();
  const holder = useRef<Holder>({ scope, bindings });
  const signature = bindings.map(keySignature).join("\n");
  useLayoutEffect(() => {
    holder.current.bindings = bindings;
  });
  useEffect(() => registry.add(holder.current), [registry]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature is what the lists of keys show
  useEffect(() => registry.changed(), [registry, signature]);
}

/** Every binding that works now, by scope, in the order it was made. */
export function useAllKeys(): { scope: KeyScope; bindings: KeyBinding[] }[] {
  const registry = useRegistry();
  const holders = useSyncExternalStore(registry.subscribe, registry.get, () => NONE);
  return (["page", "everywhere"] as const).map((scope) => ({
    scope,
    bindings: holders
      .filter((holder) => holder.scope === scope)
      .flatMap((holder) => holder.bindings.filter((binding) => !binding.off)),
  }));
}

const NONE: readonly Holder[] = [];
const SETTING = "single-keys";

/** Whether keys without Ctrl or ⌘ are heard; kept in this browser. */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(
    (listener) => {
      window.addEventListener(SETTING, listener);
      return () => window.removeEventListener(SETTING, listener);
    },
    singleKeysOn,
    () => true,
  );
  return [
    on,
    (next) => {
      localStorage.setItem(SETTING, next ? "on" : "off");
      window.dispatchEvent(new Event(SETTING));
    },
  ];
}

function singleKeysOn(): boolean {
  return localStorage.getItem(SETTING) !== "off";
}

export function KeysProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(createRegistry);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const holders = registry.get();
      const inOrder = [...holders.filter((it) => it.scope === "page"), ...holders.filter((it) => it.scope !== "page")];
      for (const { bindings } of inOrder) {
        const binding = bindings.find((it) => !it.off && hearsKey(event, it, singleKeysOn()));
        if (!binding) continue;
        event.preventDefault();
        binding.run(event);
        return;
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [registry]);
  return <KeysContext value={registry}>{children}</KeysContext>;
}

function useRegistry(): Registry {
  const registry = use(KeysContext);
  if (!registry) throw new Error("useKeys is used outside of KeysProvider");
  return registry;
}

function createRegistry(): Registry {
  let holders: readonly Holder[] = [];
  const listeners = new Set<() => void>();
  const set = (next: readonly Holder[]) => {
    holders = next;
    for (const listener of listeners) listener();
  };
  return {
    add: (holder) => {
      set([...holders, holder]);
      return () => set(holders.filter((it) => it !== holder));
    },
    changed: () => set([...holders]),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get: () => holders,
  };
}
