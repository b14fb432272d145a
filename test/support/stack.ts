import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import type { DocumentData, Firestore } from '@google-cloud/firestore';
import { localFirestore } from '../../local/credentials.ts';
import type { FaultRule } from '../../local/fcm-faults.ts';
import type { ServiceAccountJson } from '../../local/oauth.ts';
import type { ReceivedMessage } from '../../local/inbox.ts';
import { host, portsFrom, type Ports } from '../../local/ports.ts';
import { projectId } from '../../local/stack.ts';

/** What is tried again takes 15 s at least, and the emulator's queue comes late. */
const limitMs = 50_000;

/** Looks again and again until there is something to see. @throws with what was being waited for in vain */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > until) throw new Error(`waited ${limitMs / 1000} s in vain for: ${what}`);
    await pause(20);
  }
}

export interface FirestoreCounters {
  readonly documentReads: number;
  readonly documentWrites: number;
  readonly queries: number;
}

/** A test's view of a running stack, over HTTP and the real Firestore client. */
export function stackAt(basePort: number) {
  const ports = portsFrom(basePort);
  const db = localFirestore(projectId, ports.firestore);
  const google = `http://${host}:${ports.inbox}`;
  const firestore = `http://${host}:${ports.firestore}`;
  return {
    ports,
    db,
    inbox: () => json<{ messages: ReceivedMessage[] }>('GET', `${google}/inbox.json?limit=200`),
    messages: async (callbackId: string) =>
      (await json<{ messages: ReceivedMessage[] }>('GET', `${google}/inbox.json?callbackId=${callbackId}`)).messages,
    setFaults: (rules: readonly FaultRule[]) => json('PUT', `${google}/local/faults`, rules),
    newAccount: () => json<ServiceAccountJson>('POST', `${google}/local/accounts`, { projectId }),
    refuseSecrets: (rpc: string, status: string, times: number) =>
      json('PUT', `${google}/local/secret-manager`, { rpc, status, times }),
    setAccountState: (email: string, state: string) => json('PATCH', `${google}/local/accounts/${email}`, { state }),
    requests: () =>
      json<{ token: number; send: number; secretManager: Record<string, number> }>('GET', `${google}/local/counters`),
    firestoreCounters: () => json<FirestoreCounters>('GET', `${firestore}/local/counters`),
    configureDeliveries: (how: { copies?: number; shuffleMs?: number; inFlight?: number }) =>
      json('PUT', `${firestore}/local/deliveries`, how),
    /** Until every event that was written has been handled. */
    idle: () =>
      eventually('the deliveries to be done', async () => {
        const { waiting, inFlightNow } = await json<{ waiting: number; inFlightNow: number }>(
          'GET',
          `${firestore}/local/deliveries`,
        );
        return waiting + inFlightNow === 0;
      }),
    /** Whatever the emulators and the functions in them have logged. */
    logs: () => logs(ports),
    /** What the functions logged of a callback or queue, one object a line. */
    logOf: (subject: string) => logLines(ports, subject),
    entriesOf: async (callbackId: string) => (await entries(db, callbackId)).map((entry) => entry.data()),
    entryRefs: async (callbackId: string) => (await entries(db, callbackId)).map(({ ref }) => ref),
    sweep: () =>
      fetch(`http://${host}:${ports.functions}/functions/projects/${projectId}/triggers/us-central1-sweepNotices-0`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
  };
}

export type TestStack = ReturnType<typeof stackAt>;

/** The stack that all emulator tests share. */
export function sharedStack(): TestStack {
  return stackAt(Number(process.env['CALLBACK_PUSH_TEST_PORT']));
}

/** A name that no other test uses. */
export function fresh(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}

/** The fields of a waiting callback with one device. */
export function waitingCallback(fields: DocumentData = {}): DocumentData {
  return {
    serviceName: 'tests',
    phoneNumber: '+49305550100',
    callbackState: 'QUEUED',
    estimatedWaitTime: 1500,
    pushTargets: [{ channel: 'FCM', target: fresh('device') }],
    ...fields,
  };
}

async function entries(db: Firestore, callbackId: string) {
  return (await db.collection('pushNotifications').where('callbackId', '==', callbackId).get()).docs;
}

const folderOf = (ports: Ports) => path.join(import.meta.dirname, '../../.local', String(ports.inbox));

async function logs(ports: Ports): Promise<string> {
  const files = ['emulators.log', 'firebase-debug.log'].map((name) =>
    readFile(path.join(folderOf(ports), name), 'utf8'),
  );
  return (await Promise.all(files)).join('\n');
}

async function logLines(ports: Ports, subject: string): Promise<Record<string, unknown>[]> {
  const file = path.join(folderOf(ports), 'emulators.log');
  const lines = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line.includes(subject) && line.includes('{"severity"'));
  return lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>);
}

async function json<T>(method: string, url: string, body?: unknown): Promise<T> {
  const answer = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
