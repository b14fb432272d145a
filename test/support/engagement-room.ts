import type { DocumentSnapshot, Firestore } from '@google-cloud/firestore';
import { createApiKeyStore } from '../../functions/src/keys/store.ts';
import { newApiKey, scopes, type NewKey } from '../../functions/src/keys/api-key.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import { documentOf } from '../../functions/src/google/snapshot.ts';
import type { PushMessage } from '../../functions/src/fcm/push-message.ts';
import type { EngagementAnswer } from '../../functions/src/engagement/api.ts';
import { createEngagement } from '../../functions/src/engagement/wiring.ts';
import type { Log } from '../../functions/src/base/log.ts';
import { createSettingsCache } from '../../functions/src/callback/settings-cache.ts';
import { monday } from './builders.ts';

export interface Asked {
  readonly key?: string | undefined;
  readonly body?: unknown;
  /** Instead of a body: sent as it is. */
  readonly text?: string | Buffer;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
}

export interface Envelope {
  readonly status: { code: number; message: string; corrId: string; errorCode?: string; problems?: unknown[] };
  readonly data?: Record<string, unknown>;
}

const cacheMs = 60_000;

/**
 * The real API over a real Firestore client, with a clock to turn and an FCM that answers as it is told. Each call of
 * `instance` is another instance of the function, with memories of its own.
 */
export function createEngagementRoom(db: Firestore) {
  const state = {
    now: monday,
    push: { outcome: 'accepted', messageId: 'projects/p/messages/1' } as PushResult,
  };
  const sent: { target: string; message: PushMessage; validateOnly: boolean }[] = [];
  /** Whatever was logged: nothing is, as long as nothing goes wrong. */
  const bugs: object[] = [];
  const now = () => state.now;
  const keys = createApiKeyStore(db);
  const sender = (validateOnly: boolean) => (target: string, message: PushMessage) => {
    sent.push({ target, message, validateOnly });
    return Promise.resolve(state.push);
  };

  const settingsOf = () =>
    createSettingsCache({
      async read(serviceName) {
        const documents = db.collection('callbackSettings');
        const [queue, fallback] = await db.getAll(documents.doc(serviceName), documents.doc('default'));
        return { queue: stored(queue), default: stored(fallback) };
      },
      report: () => undefined,
      now,
      maxAgeMs: cacheMs,
    }).of;
  const log: Log = (severity, event, fields) => bugs.push({ severity, event, ...fields });
  const instance = () =>
    createEngagement({ db, settingsOf: settingsOf(), send: sender(false), validate: sender(true), log, now, cacheMs });
  const api = instance();

  async function ask(method: string, path: string, asked: Asked = {}, through = api): Promise<EngagementAnswer> {
    const text = asked.text ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body));
    return through({
      method,
      path: `/engagement/v3${path}`,
      query: asked.query ?? {},
      apiKey: asked.key,
      idempotencyKey: asked.idempotencyKey,
      body: text === undefined ? undefined : Buffer.from(text),
    });
  }

  return {
    state,
    sent,
    bugs,
    keys,
    instance,
    ask,
    /** Makes a key; without being told otherwise one that may do everything. */
    async key(fields: Partial<NewKey> = {}): Promise<string> {
      const { key, stored } = newApiKey(
        { name: 'tests', scopes: [...scopes], requestsPerMinute: 60_000, ...fields },
        'tests',
        monday,
      );
      await keys.add(stored);
      return key;
    },
    settings: (serviceName: string, fields: object) => db.collection('callbackSettings').doc(serviceName).set(fields),
    document: async (id: string) => (await db.collection('callbacks').doc(id).get()).data(),
    /** Status and machine code of a refusal; just the status of a success. */
    async outcome(...asked: Parameters<typeof ask>): Promise<(number | string)[]> {
      const { status, body } = await ask(...asked);
      const { errorCode } = (body as Envelope).status;
      return errorCode === undefined ? [status] : [status, errorCode];
    },
  };
}

export type EngagementRoom = ReturnType<typeof createEngagementRoom>;

export function envelopeOf({ body }: EngagementAnswer): Envelope {
  return body as Envelope;
}

export const aDevice = [{ channel: 'FCM', target: 'device:APA91bDevice' }];

/** A request that books a callback, as soon as possible. */
export function aBooking(fields: object = {}): Record<string, unknown> {
  return { serviceName: 'sales', phoneNumber: '+493055501000', pushTargets: aDevice, ...fields };
}

function stored(snapshot: DocumentSnapshot | undefined): StoredDocument | undefined {
  const { createTime, updateTime } = snapshot ?? {};
  return snapshot && createTime && updateTime
    ? documentOf({ createTime, updateTime, data: () => snapshot.data() })
    : undefined;
}
