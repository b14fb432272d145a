// Plain objects, without Vite's types: those would bring Node's globals into the page's compilation.
/** The pages, index.html and api.html, and their hashed assets. */
export default {
  root: 'hosting',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // Every browser that has Web Push loads modules by itself.
    modulePreload: { polyfill: false },
    // Nothing becomes a data: URL, so that the Content-Security-Policy stays short.
    assetsInlineLimit: 0,
    rolldownOptions: { input: ['hosting/index.html', 'hosting/api.html'] },
  },
};
