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
  // Texts of many languages take half as many bytes so.
  charset: 'utf8',
  plugins: [
    lazy({
      'temporal-polyfill': ['Temporal'],
      'libphonenumber-js/min': ['isSupportedCountry'],
      '@formatjs/intl-localematcher': ['match'],
    }),
  ],
  logLevel: 'warning',
});

const { size } = statSync(outfile);
if (size > maxBytes) throw new Error(`The trigger's bundle has ${size} bytes, more than ${maxBytes}.`);

/**
 * What only some queues and readers need (business hours, a country, a language of another region than most) and would be
 * most of the code: loaded where it is first used, from node_modules.
 *
 * @param {Record<string, string[]>} packages the exports of each that are used
 */
function lazy(packages) {
  const filter = new RegExp(`^(${Object.keys(packages).join('|')})$`);
  return {
    name: 'lazy',
    setup({ onResolve, onLoad }) {
      onResolve({ filter }, ({ namespace, path: name }) =>
        namespace === 'lazy' ? { path: name, external: true } : { path: name, namespace: 'lazy' },
      );
      onLoad({ filter: /./, namespace: 'lazy' }, ({ path: name }) => {
        const getters = packages[name].map((used) => `get ${used}() { return require('${name}').${used}; }`);
        return { contents: `module.exports = { ${getters.join(', ')} };`, resolveDir: functions };
      });
    },
  };
}
