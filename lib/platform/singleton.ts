/**
 * One object per process, made at first use. Next can load a module more than once in one process (the instrumentation
 * hook and each route bundle), so module scope is not enough: only `globalThis` is shared.
 */
export function singleton<T>(name: string, make: () => T): T {
  const key = Symbol.for(`trihelm.${name}`);
  const shared = globalThis as unknown as Record<symbol, { value: T } | undefined>;
  shared[key] ??= { value: make() };
  return shared[key].value;
}
