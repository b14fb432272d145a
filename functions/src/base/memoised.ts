/**
 * A pure function that remembers its answers. Keys may come from outside, so there is an end to how many it keeps: then
 * it starts over, which computes those in use once more and needs no bookkeeping meanwhile.
 */
export function memoised<T>(compute: (key: string) => T, most = 1000): (key: string) => T {
  const remembered = new Map<string, T>();
  return (key) => {
    const known = remembered.get(key);
    if (known !== undefined) return known;
    if (remembered.size >= most) remembered.clear();
    const answer = compute(key);
    remembered.set(key, answer);
    return answer;
  };
}
