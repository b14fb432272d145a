export interface MemoryOptions {
  readonly now: () => number;
  readonly maxAgeMs: number;
}

/** What one instance remembers of a kind; beyond it the oldest is read again. */
const mostEntries = 1000;

/** Values by key, each read once and remembered for `maxAgeMs`. A read that fails is not remembered. */
export function remembering<T>(
  read: (key: string) => Promise<T>,
  { now, maxAgeMs }: MemoryOptions,
): (key: string) => Promise<T> {
  const remembered = new Map<string, { value: Promise<T>; until: number }>();
  return (key) => {
    const known = remembered.get(key);
    if (known && now() < known.until) return known.value;
    const value = read(key);
    remembered.delete(key);
    remembered.set(key, { value, until: now() + maxAgeMs });
    if (remembered.size > mostEntries) remembered.delete([...remembered.keys()][0] ?? '');
    value.catch(() => {
      if (remembered.get(key)?.value === value) remembered.delete(key);
    });
    return value;
  };
}
