/** What a service uses, as it was last read. */
export interface Figures {
  /** fraction of one core; null: not known */
  cpu: number | null;
  /** bytes; null: not known */
  memory: number | null;
  /** the same of each instance, by its id */
  instances: Map<string, { cpu: number | null; memory: number | null }>;
}

export function sameFigures(before: Figures | undefined, now: Figures): boolean {
  if (before?.cpu !== now.cpu || before.memory !== now.memory) return false;
  if (before.instances.size !== now.instances.size) return false;
  for (const [id, { cpu, memory }] of now.instances) {
    const known = before.instances.get(id);
    if (known?.cpu !== cpu || known.memory !== memory) return false;
  }
  return true;
}
