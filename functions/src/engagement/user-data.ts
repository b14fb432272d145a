/** What a caller may hang on a callback or call-in: carried for the callback system, never looked at, never logged. */
export type UserData = Readonly<Record<string, unknown>>;

/** Firestore takes 20 levels, of which the document and `userData` are two. */
const deepestLevel = 10;

/** Keys are valid JavaScript variable names; others are ignored, as Genesys does. Firestore keeps `__…__` for itself. */
export function acceptedUserData(userData: UserData): UserData {
  return Object.fromEntries(Object.entries(userData).filter(([key]) => isAcceptedKey(key)));
}

function isAcceptedKey(key: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]{0,127}$/u.test(key) && !isReserved(key);
}

const isReserved = (key: string) => /^__.*__$/s.test(key);

/** Whether Firestore can hold it: not too deep, no list in a list, no name that it keeps for itself. */
export function isStorable(value: unknown, level = 0, insideList = false): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (level > deepestLevel) return false;
  if (Array.isArray(value)) return !insideList && value.every((element) => isStorable(element, level + 1, true));
  return Object.entries(value).every(
    ([key, element]) =>
      key !== '' && key.length <= 300 && key.isWellFormed() && !isReserved(key) && isStorable(element, level + 1),
  );
}
