import * as grpc from '@grpc/grpc-js';

import { openPort } from '../port.ts';
import type { Tap } from '../tap.ts';
import type { DocumentChange } from './document/document.ts';
import { wallClock } from './document/moment.ts';
import { deliverTo } from './events/functions-client.ts';
import { Triggers } from './events/triggers.ts';
import { Databases } from './store/databases.ts';
import type { Service } from './wire/call.ts';
import { controlServer } from './wire/control.ts';
import { Faults } from './wire/faults.ts';
import { methodsOf } from './wire/methods.ts';
import { loadProtocol } from './wire/protocol.ts';
import { Usage } from './wire/usage.ts';

export interface FirestoreOptions {
  /** Where to listen; loopback unless told otherwise. */
  host?: string;
  /** 0 takes any free port. */
  port: number;
  /** `host:port` of the functions emulator; without it nothing is delivered to triggers. */
  functionsEmulator?: string;
  /** How long replaced versions can still be read. */
  historyMs?: number;
  /** Epoch milliseconds; commits are timed by it. */
  now?: () => number;
  tap?: Tap;
  /** Told of every commit, whatever triggers there are. */
  onChanges?: (changes: readonly DocumentChange[]) => void;
}

export interface RunningFirestore {
  readonly port: number;
  stop(): Promise<void>;
}

/** As long as Google's keeps them. */
const defaultHistoryMs = 3_600_000;
const maxMessageBytes = 64 * 1024 * 1024;

/** Starts an empty in-memory Firestore that speaks the protocol of the real one. */
export async function startFirestore(options: FirestoreOptions): Promise<RunningFirestore> {
  const protocol = loadProtocol();
  const { functionsEmulator } = options;
  const triggers = new Triggers(deliverTo(functionsEmulator ?? '', protocol.encodeDocument));
  const databases = new Databases(
    { historyMs: options.historyMs ?? defaultHistoryMs, now: options.now ?? wallClock },
    (database) => {
      database.observe((changes, _at, cause) => {
        if (functionsEmulator !== undefined && cause === 'commit') triggers.announce(changes);
        options.onChanges?.(changes);
      });
    },
  );
  const service: Service = { databases, usage: new Usage(), faults: new Faults(), tap: options.tap };
  const rpc = new grpc.Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
  });
  rpc.addService(protocol.service, methodsOf(service));
  const injector = rpc.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const opened = await openPort(
    { host: options.host ?? '127.0.0.1', port: options.port },
    injector,
    controlServer(service, triggers),
  );
  return {
    port: opened.port,
    stop: async () => {
      triggers.stop();
      databases.stop();
      injector.destroy();
      await opened.close();
      rpc.forceShutdown();
    },
  };
}
