import './start-stack.ts';

export default async function stop(): Promise<void> {
  await globalThis.callbackPushStack?.stop();
}
