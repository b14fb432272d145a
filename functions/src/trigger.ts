/**
 * The function `onCallbackWritten` and nothing else, put together without any SDK of Google's: what main.cjs loads where
 * this function runs. Made one file by scripts/bundle.mjs. What it is as a function (its options, its event) says
 * index.ts.
 */
import { createCallbackWritten, type FirestoreEvent } from './event/callback-written.ts';
import { createChain } from './wiring.ts';
import { readConfig } from './base/config.ts';
import type { Log } from './base/log.ts';
import { createRetryQueue } from './delivery/retry-queue.ts';

const now = () => Date.now();

/** In the form of Google's own logger, which Cloud Logging reads. */
const log: Log = (severity, message, fields) => {
  const stream = severity === 'ERROR' || severity === 'WARNING' ? process.stderr : process.stdout;
  stream.write(`${JSON.stringify({ severity, message, ...fields })}\n`);
};

const config = readConfig(process.env);
const scheduleRetry = createRetryQueue(config.region);
const chain = createChain({ config, scheduleRetry, log, now, random: () => Math.random() });
chain.prepare();

const callbackWritten = createCallbackWritten(chain, log, now);

/**
 * functions-framework calls it in a domain of Node's for each event, which would note every promise of ours until it is
 * collected, at a good part of the CPU of a push. Nothing here needs one, so it is left.
 */
export const onCallbackWritten = (event: FirestoreEvent) => {
  (process as { domain?: { exit(): void } | null }).domain?.exit();
  return callbackWritten(event);
};
