import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerErrorResponse,
} from '@grpc/grpc-js';
import { Metadata, status as grpcStatus } from '@grpc/grpc-js';

import { Refusal } from '../document/refusal.ts';
import type { Databases } from '../store/databases.ts';
import type { Tap } from '../../tap.ts';
import type { Faults } from './faults.ts';
import type { Usage } from './usage.ts';

/** What the methods of the service share. */
export interface Service {
  readonly databases: Databases;
  readonly usage: Usage;
  readonly faults: Faults;
  readonly tap: Tap | undefined;
}

/** The token server clients send to an emulator. Everyone else is refused, as rules that deny by default do. */
const ownerToken = 'Bearer owner';

interface FailingCall {
  readonly writableEnded: boolean;
  sendMetadata(metadata: Metadata): void;
  emit(event: 'error', status: ServerErrorResponse): boolean;
}

export function unary<Q, S>(
  service: Service,
  method: string,
  handle: (request: Q) => S | Promise<S>,
): handleUnaryCall<Q, S> {
  const answer = async (request: Q, metadata: Metadata): Promise<S> => {
    admit(service, method, authorizationIn(metadata));
    return tapped(service, method, () => handle(request));
  };
  return (call, callback) => {
    answer(call.request, call.metadata).then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback(toStatus(error));
      },
    );
  };
}

export function serverStream<Q, S>(
  service: Service,
  method: string,
  handle: (request: Q) => Iterable<S> | Promise<Iterable<S>>,
): handleServerStreamingCall<Q, S> {
  const answer = async (request: Q, metadata: Metadata): Promise<Iterable<S>> => {
    admit(service, method, authorizationIn(metadata));
    return tapped(service, method, () => handle(request));
  };
  return (call) => {
    answer(call.request, call.metadata).then(
      (responses) => {
        for (const response of responses) call.write(response);
        call.end();
      },
      (error: unknown) => {
        fail(call, error);
      },
    );
  };
}

export async function tapped<T>({ tap }: Service, method: string, handle: () => T | Promise<T>): Promise<T> {
  if (tap === undefined) return handle();
  await tap.before(method);
  try {
    return await handle();
  } finally {
    // A refusal is an answer, too.
    await tap.after(method);
  }
}

/** One open two-way stream: takes the client's messages in turn and is told when the client has gone. */
export interface Conversation<Q> {
  take(request: Q): void | Promise<void>;
  close(): void;
}

type Open<Q, S> = (send: (response: S) => void) => Conversation<Q>;

/** `denied` is how a method tells strangers inside the stream that they may not; without it the call fails. */
export function bidiStream<Q, S>(
  service: Service,
  method: string,
  open: Open<Q, S>,
  denied?: (refusal: Refusal) => Open<Q, S>,
): handleBidiStreamingCall<Q, S> {
  return (call) => {
    try {
      admit(service, method, authorizationIn(call.metadata));
    } catch (error) {
      const isDenial = error instanceof Refusal && error.status === 'PERMISSION_DENIED';
      if (isDenial && denied !== undefined) converse(call, denied(error));
      else fail(call, error);
      return;
    }
    converse(call, open);
  };
}

function converse<Q, S>(call: ServerDuplexStream<Q, S>, open: Open<Q, S>): void {
  const conversation = open((response) => void call.write(response));
  const failed = (error: unknown): void => {
    conversation.close();
    fail(call, error);
  };
  let turn = Promise.resolve();
  call.on('data', (request: Q) => {
    turn = turn.then(() => conversation.take(request)).catch(failed);
  });
  call.on('cancelled', () => {
    conversation.close();
  });
  call.on('end', () => {
    conversation.close();
    call.end();
  });
}

function authorizationIn(metadata: Metadata): string | undefined {
  const [given] = metadata.get('authorization');
  return given?.toString();
}

/** Counts a call, and lets it in unless a test wants it to fail. */
export function admit({ usage, faults }: Service, method: string, authorization: string | undefined): void {
  usage.called(method);
  if (authorization !== ownerToken) {
    throw new Refusal('PERMISSION_DENIED', 'Missing or insufficient permissions.');
  }
  faults.beforeCall();
}

/**
 * An `error` event is what ends a streaming call with a status; destroying the call would leave its client
 * hanging. Without response headers before it the official client takes the refusal for a lost connection
 * and asks again for seconds.
 */
function fail(call: FailingCall, error: unknown): void {
  if (!call.writableEnded) call.sendMetadata(new Metadata());
  call.emit('error', toStatus(error));
}

function toStatus(error: unknown): ServerErrorResponse {
  if (error instanceof Refusal) {
    return { name: error.name, message: error.message, code: grpcStatus[error.status], details: error.message };
  }
  console.error('The local Firestore failed:', error);
  const message = error instanceof Error ? error.message : String(error);
  return { name: 'Internal', message, code: grpcStatus.INTERNAL, details: message };
}
