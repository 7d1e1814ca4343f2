/** Which key press is meant for which binding, and how keys are written. */
export interface Heard {
  keys: readonly string[];
  repeats?: boolean;
}

/** Single keys are for the page: not while a field has the focus or something floats above it. */
export function hearsKey(event: KeyboardEvent, { keys, repeats }: Heard, singleKeys: boolean): boolean {
  if (event.defaultPrevented || event.isComposing || (event.repeat && !repeats)) return false;
  const pressed = nameOf(event);
  if (!keys.includes(pressed)) return false;
  if (floats()) return false;
  if (pressed.startsWith("Mod+")) return true;
  if (isField(event.target)) return false;
  const isNavigation = ["Enter", " ", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(pressed);
  if (!singleKeys && !isNavigation) return false;
  return !usesItself(event.target, pressed);
}

/** What a binding shows, so that a list of keys knows when to draw itself anew. */
export function keySignature(binding: Heard & { label: string; bar?: string; off?: boolean }): string {
  return [binding.keys.join(" "), binding.label, binding.bar ?? "", binding.off ? "off" : ""].join("|");
}

const WRITTEN: Record<string, string> = {
  Enter: "↵",
  Escape: "esc",
  " ": "space",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** The caps of a key as people read them: `Mod+k` is `⌘` `K` on a Mac and `Ctrl` `K` elsewhere. */
export function writeKey(key: string, mac: boolean): string[] {
  if (key.startsWith("Mod+"))
    return [
      mac ? "⌘" : "Ctrl",
      ...writeKey(key.slice(4), mac).map((cap) => (cap.length === 1 ? cap.toUpperCase() : cap)),
    ];
  if (/^[A-Z]$/.test(key)) return ["⇧", key];
  return [WRITTEN[key] ?? key];
}

function nameOf(event: KeyboardEvent): string {
  const mac = isMac();
  if (event.altKey || (mac ? event.ctrlKey : event.metaKey)) return "";
  return (mac ? event.metaKey : event.ctrlKey) ? `Mod+${event.key.toLowerCase()}` : event.key;
}

/** Whether the command key is ⌘. Only in the browser. */
export function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}

function floats(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !== null;
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

const PRESSED_BY_ENTER = "a[href], button, summary, [role=button], [role=tab], [role=menuitem], [role=option]";
const MOVED_BY_ARROWS = "[role=tablist], [role=radiogroup], [role=slider], [role=tree], [role=grid]";

/** An element that has a use of its own for the key keeps it. */
function usesItself(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === "Enter" || key === " ") return target.closest(PRESSED_BY_ENTER) !== null;
  return key.startsWith("Arrow") && target.closest(MOVED_BY_ARROWS) !== null;
}
