/** What a client library rejects with, told by its fields: the classes differ between libraries and realms. */
interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

const fieldsOf = (error: unknown): Failure => (typeof error === 'object' && error !== null ? error : {});

/** The status codes of Google's APIs that one has to know, whether they come over gRPC or over HTTP. */
export const statusCodes = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;
export type StatusName = keyof typeof statusCodes;

export const failed = (code: string, message: string): Error => Object.assign(new Error(message), { code });

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

/** "Another writer was first": of a creation, and of a change. */
export const createdBefore = [statusCodes.ALREADY_EXISTS] as const;
export const changedSince = [statusCodes.FAILED_PRECONDITION, statusCodes.NOT_FOUND] as const;

/** What Firestore answers to whoever asks for a moment that it does not remember any more, or that is to come. */
const forgotten: readonly number[] = [statusCodes.INVALID_ARGUMENT, statusCodes.FAILED_PRECONDITION];

export function isForgotten(error: unknown): boolean {
  return forgotten.includes(grpcCode(error));
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
