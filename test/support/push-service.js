// Runs in pages before their own scripts: incognito windows have no push service, and a machine without a network
// says that it is offline.
(() => {
  Object.defineProperty(Navigator.prototype, 'onLine', {
    get: () => globalThis.localStorage?.getItem('test-offline') !== 'yes',
  });
  let subscription = null;
  const base64 = (bytes) =>
    btoa(String.fromCharCode(...bytes))
      .replace(/\+/g, '-')
      .replace(/\//g, '_')
      .replace(/=+$/, '');
  PushManager.prototype.getSubscription = async () => subscription;
  PushManager.prototype.subscribe = async (options) => {
    if (globalThis.testPushService === 'blocked')
      throw new DOMException('Registration failed - push service error', 'AbortError');
    if (globalThis.testPushService === 'hangs') return new Promise(() => undefined);
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const keys = {
      p256dh: await crypto.subtle.exportKey('raw', pair.publicKey),
      auth: crypto.getRandomValues(new Uint8Array(16)).buffer,
    };
    subscription = {
      endpoint: `https://fcm.googleapis.com/fcm/send/${base64(crypto.getRandomValues(new Uint8Array(30)))}`,
      expirationTime: null,
      options,
      getKey: (name) => keys[name] ?? null,
      unsubscribe: async () => {
        subscription = null;
        return true;
      },
    };
    return subscription;
  };
})();
