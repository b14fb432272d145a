/** Makes functions/src/trigger.ts one file, functions/lib/trigger.cjs, with all that it imports. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const functions = path.resolve(import.meta.dirname, '../functions');
const outfile = path.join(functions, 'lib/trigger.cjs');
/** Anything that brings one of Google's SDKs in is far larger. */
const maxBytes = 1024 * 1024;

await build({
  entryPoints: [path.join(functions, 'src/trigger.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // Where a file's name ends in .cjs, functions-framework need not look for its package. Minified it starts slower.
  format: 'cjs',
  // Loaded with the first retry only, from node_modules.
  external: ['firebase-admin/*'],
  plugins: [lazyTemporal()],
  logLevel: 'warning',
});

const { size } = statSync(outfile);
if (size > maxBytes) throw new Error(`The trigger's bundle has ${size} bytes, more than ${maxBytes}.`);

/** Half of all code, which only queues with business hours need: loaded with the first of them, from node_modules. */
function lazyTemporal() {
  const filter = /^temporal-polyfill$/;
  const contents = `module.exports = { get Temporal() { return require('temporal-polyfill').Temporal; } };`;
  return {
    name: 'lazy-temporal',
    setup({ onResolve, onLoad }) {
      onResolve({ filter }, ({ namespace, path: name }) =>
        namespace === 'lazy' ? { path: name, external: true } : { path: name, namespace: 'lazy' },
      );
      onLoad({ filter, namespace: 'lazy' }, () => ({ contents, resolveDir: functions }));
    },
  };
}
