/**
 * The service worker: one classic script at the root, where Firebase looks for it, under a name that never changes.
 * Built after the page, into the same folder.
 */
export default {
  root: 'hosting',
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: false,
    lib: {
      entry: 'worker/firebase-messaging-sw.ts',
      formats: ['iife'],
      name: 'callbackPushWorker',
      fileName: () => 'firebase-messaging-sw.js',
    },
  },
};
