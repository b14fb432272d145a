import { findFreeBase } from '../../local/ports.ts';
import { startStack, type Stack } from '../../local/stack.ts';

declare global {
  var callbackPushStack: Stack | undefined;
}

/** One stack for all emulator tests. Its functions remember settings for an hour, so each test has queues of its own. */
export default async function start(): Promise<void> {
  const basePort = await findFreeBase();
  globalThis.callbackPushStack = await startStack({ basePort, parameters: { CACHE_SECONDS: '3600' } });
  process.env['CALLBACK_PUSH_TEST_PORT'] = String(basePort);
}
