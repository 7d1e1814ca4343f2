/** Circles in a graph of arrows, each once, as the list of what it passes through with the first again at its end. */
export function findCycles(arrows: readonly { from: string; to: string }[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of arrows) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[][] = [];
  const walk = (node: string, path: readonly string[]) => {
    const seen = path.indexOf(node);
    if (seen !== -1) {
      found.push([...path.slice(seen), node]);
      return;
    }
    if (done.has(node)) return;
    for (const to of next.get(node) ?? []) walk(to, [...path, node]);
    done.add(node);
  };
  for (const node of next.keys()) walk(node, []);
  return found;
}
