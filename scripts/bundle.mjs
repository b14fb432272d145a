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
  logLevel: 'warning',
});

const { size } = statSync(outfile);
if (size > maxBytes) throw new Error(`The trigger's bundle has ${size} bytes, more than ${maxBytes}.`);
