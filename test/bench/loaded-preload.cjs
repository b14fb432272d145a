// Preloaded to find out which files a process loads, modules of both kinds: it writes them to LOADED_FILES in the end.
const { writeFileSync } = require('node:fs');
const { registerHooks } = require('node:module');

const loaded = new Set();
registerHooks({
  load(url, context, next) {
    loaded.add(url);
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync(process.env.LOADED_FILES, [...loaded].join('\n')));
