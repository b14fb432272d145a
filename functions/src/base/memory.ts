export interface MemoryOptions {
  readonly now: () => number;
  readonly maxAgeMs: number;
}

/** Whether something is younger than that. A clock that was set back makes nothing young: then its age is unknown. */
export function isYoung(since: number, maxAgeMs: number, now: number): boolean {
  return since <= now && now < since + maxAgeMs;
}

/** What one instance remembers of a kind; beyond it the oldest is read again. */
const mostEntries = 1000;

/** Values by key, each read once and remembered for `maxAgeMs`. A read that fails is not remembered. */
export function remembering<T>(
  read: (key: string) => Promise<T>,
  { now, maxAgeMs }: MemoryOptions,
): (key: string) => Promise<T> {
  const remembered = new Map<string, { value: Promise<T>; since: number }>();
  return (key) => {
    const known = remembered.get(key);
    if (known && isYoung(known.since, maxAgeMs, now())) return known.value;
    const value = read(key);
    remembered.delete(key);
    remembered.set(key, { value, since: now() });
    if (remembered.size > mostEntries) remembered.delete([...remembered.keys()][0] ?? '');
    value.catch(() => {
      if (remembered.get(key)?.value === value) remembered.delete(key);
    });
    return value;
  };
}
