import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Accepted } from './fcm.ts';
import { at, type Message } from './fcm-message.ts';

/** A message as it lies in the inbox. */
export interface ReceivedMessage {
  /** Counts up from 1 for as long as the inbox lives, also when it is emptied. */
  readonly sequence: number;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Epoch milliseconds with a fraction. */
  readonly receivedAtMs: number;
  /** The project's id. */
  readonly project: string;
  readonly target: string;
  /** `data.callbackServiceId` of the message. */
  readonly callbackId: string | null;
  /** `data.event` of the message. */
  readonly event: string | null;
  /** `projects/P/messages/…` */
  readonly name: string;
  /** The sequence of the message that this one replaces on the device: the last with its collapse key. */
  readonly replaces: number | null;
  /** As it was sent. */
  readonly message: Message;
}

export interface InboxFilter {
  readonly callbackId?: string;
  readonly event?: string;
  /** At most so many, the newest. */
  readonly limit?: number;
  /** Only messages after this sequence. */
  readonly since?: number;
}

/** What happens in an inbox: a message arrived, or (nothing) it was emptied. */
export type InboxListener = (arrived: ReceivedMessage | undefined) => void;

export interface Inbox {
  keep(accepted: Accepted): void;
  /** Newest first. */
  messages(filter?: InboxFilter): readonly ReceivedMessage[];
  clear(): void;
  /** @returns how to stop listening */
  listen(listener: InboxListener): () => void;
}

/**
 * @param options.capacity how many messages it holds; beyond that the oldest go
 * @param options.now epoch milliseconds
 */
export function createInbox({ capacity, now }: { capacity: number; now: () => number }): Inbox {
  const kept = new Map<number, ReceivedMessage>();
  /** Target and collapse key ▶ what is shown there. */
  const shown = new Map<string, number>();
  const listeners = new Set<InboxListener>();
  let sequence = 0;

  const forget = (oldest: ReceivedMessage) => {
    kept.delete(oldest.sequence);
    const place = placeOf(oldest.target, oldest.message);
    if (place !== undefined && shown.get(place) === oldest.sequence) shown.delete(place);
  };
  return {
    keep: ({ projectId: project, target, name, message }) => {
      const receivedAtMs = now();
      const receivedAt = new Date(receivedAtMs).toISOString();
      const place = placeOf(target, message);
      const replaces = place === undefined ? null : (shown.get(place) ?? null);
      const { callbackServiceId: callbackId, event } = at(message, 'data') as Readonly<Record<string, string>>;
      const about = { callbackId: callbackId ?? null, event: event ?? null };
      sequence += 1;
      const arrived = { sequence, receivedAt, receivedAtMs, project, target, ...about, name, replaces, message };
      kept.set(sequence, arrived);
      if (place !== undefined) shown.set(place, sequence);
      const [oldest] = kept.size > capacity ? kept.values() : [];
      if (oldest) forget(oldest);
      for (const listener of listeners) listener(arrived);
    },
    messages: ({ callbackId, event, limit = Infinity, since = 0 } = {}) => {
      const matches = (message: ReceivedMessage) =>
        message.sequence > since &&
        (callbackId === undefined || message.callbackId === callbackId) &&
        (event === undefined || message.event === event);
      return [...kept.values()].filter(matches).reverse().slice(0, limit);
    },
    clear: () => {
      kept.clear();
      shown.clear();
      for (const listener of listeners) listener(undefined);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Where on which device a message is shown: one with the same place takes the place of the former. */
function placeOf(target: string, message: Message): string | undefined {
  const headers = { ...at(message, 'apns', 'headers'), ...at(message, 'webpush', 'headers') };
  const android = at(message, 'android');
  const key = [
    at(android, 'notification')['tag'],
    android['collapse_key'] ?? android['collapseKey'],
    ...['apns-collapse-id', 'topic'].map(
      (name) => Object.entries(headers).find(([written]) => written.toLowerCase() === name)?.[1],
    ),
    at(message, 'webpush', 'notification')['tag'],
  ].find((candidate) => typeof candidate === 'string');
  return key === undefined ? undefined : JSON.stringify([target, key]);
}

/** Reads `callbackId`, `event`, `limit` and `since`; what is no number is not asked for. */
export function filterOf(query: URLSearchParams): InboxFilter {
  const text = (name: string) => query.get(name) ?? undefined;
  const count = (name: string) => (/^\d{1,15}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : undefined);
  const fields = { callbackId: text('callbackId'), event: text('event'), limit: count('limit'), since: count('since') };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const heartbeatMs = 15_000;
const maxBacklogBytes = 8 * 1024 * 1024;

/**
 * Server-Sent Events: what arrives from now on, after what was missed since Last-Event-ID; an `emptied` event where
 * the inbox was emptied. A reader that does not keep up is cut off, and catches up when it returns.
 */
export function streamInbox(inbox: Inbox, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const write = (text: string) => {
    if (response.writableLength > maxBacklogBytes) response.destroy();
    else response.write(text);
  };
  const tell: InboxListener = (arrived) => {
    if (arrived) write(`id: ${arrived.sequence}\ndata: ${JSON.stringify(arrived)}\n\n`);
    else write('event: emptied\ndata: {}\n\n');
  };
  write(': connected\n\n');
  const lastSeen = String(request.headers['last-event-id'] ?? '');
  if (/^\d{1,15}$/.test(lastSeen))
    inbox
      .messages({ since: Number(lastSeen) })
      .toReversed()
      .forEach(tell);
  const stopListening = inbox.listen(tell);
  const heartbeat = setInterval(write, heartbeatMs, ': still here\n\n');
  heartbeat.unref();
  response.on('close', () => {
    clearInterval(heartbeat);
    stopListening();
  });
}

const pageFiles: Readonly<Record<string, readonly [file: string, contentType: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/inbox.js': ['inbox.js', 'text/javascript; charset=utf-8'],
  '/inbox.css': ['inbox.css', 'text/css; charset=utf-8'],
};

const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A file of the page, or nothing for a path that is none. */
export function inboxPage(path: string): { status: number; body: string; headers: Record<string, string> } | undefined {
  const [file, contentType] = (Object.hasOwn(pageFiles, path) && pageFiles[path]) || [];
  if (!file || !contentType) return undefined;
  const body = readFileSync(join(import.meta.dirname, 'inbox-page', file), 'utf8');
  return { status: 200, body, headers: { ...pageHeaders, 'content-type': contentType } };
}
