/**
 * Names that one at a time may hold, several at once, in waiting order: nobody who waits is overtaken by who came later. A
 * folder's name (`source local/path//srv`) holds those of the folders below it too.
 */

interface Place {
  names: ReadonlySet<string>;
  begin: (() => void) | null;
}

export class Locks {
  #line: Place[] = [];

  /** Waits until nobody before holds or awaits any of these names. Resolves to what lets go; rejects with the signal's reason. */
  async take(names: readonly string[], signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const place: Place = { names: new Set(names), begin: null };
    this.#line.push(place);
    const leave = () => {
      const at = this.#line.indexOf(place);
      if (at === -1) return;
      this.#line.splice(at, 1);
      this.#wake();
    };
    if (this.#isFree(place)) return leave;
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        leave();
        reject(signal.reason);
      };
      place.begin = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      signal.addEventListener("abort", giveUp, { once: true });
    });
    return leave;
  }

  isTaken(name: string): boolean {
    return this.#line.some(({ names }) => meets(names, name));
  }

  #isFree(place: Place): boolean {
    for (const before of this.#line) {
      if (before === place) return true;
      for (const name of place.names) if (meets(before.names, name)) return false;
    }
    return true;
  }

  #wake(): void {
    for (const place of this.#line)
      if (place.begin && this.#isFree(place)) {
        const { begin } = place;
        place.begin = null;
        begin();
      }
  }
}

function meets(held: ReadonlySet<string>, name: string): boolean {
  if (held.has(name)) return true;
  if (!FOLDER.test(name)) return false;
  for (const other of held) if (FOLDER.test(other) && (isBelow(name, other) || isBelow(other, name))) return true;
  return false;
}

const FOLDER = /^source [^/]+\/path\//;

function isBelow(name: string, above: string): boolean {
  return name.startsWith(above.endsWith("/") ? above : `${above}/`);
}
