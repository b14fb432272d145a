/** The gRPC status codes this server answers with, by the names Firestore documents. */
export const statusCodes = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

export type StatusName = keyof typeof statusCodes;

/** An answer other than success: the status a client sees, with its sentence. */
export class Refusal extends Error {
  readonly status: StatusName;

  constructor(status: StatusName, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }

  get code(): number {
    return statusCodes[this.status];
  }
}

export function invalid(message: string): Refusal {
  return new Refusal('INVALID_ARGUMENT', message);
}
