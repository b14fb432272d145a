/** What a client library rejects with, told by its fields: the classes differ between libraries and realms. */
interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

const fieldsOf = (error: unknown): Failure => (typeof error === 'object' && error !== null ? error : {});

/** A gRPC status code; -1 where there is none. */
export function grpcCode(error: unknown): number {
  const { code } = fieldsOf(error);
  return typeof code === 'number' ? code : -1;
}

/** A word for the log: `ECONNREFUSED`, `TimeoutError`, … */
export function failureCode(error: unknown): string {
  const { code, name } = fieldsOf(error);
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'UNKNOWN';
}

export function failureMessage(error: unknown): string {
  const { message } = fieldsOf(error);
  return typeof message === 'string' ? message : String(error);
}

/** Undefined where the write was refused with one of the gRPC status codes. */
export async function unlessRefused<T>(codes: readonly number[], write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (codes.includes(grpcCode(error))) return undefined;
    throw error;
  }
}
