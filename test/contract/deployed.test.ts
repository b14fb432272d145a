import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const functions = path.resolve(__dirname, '../../functions');

/** What a process that loads the deployed package finds in it. */
async function loaded(environment: Readonly<Record<string, string>>) {
  const tell = `
    const functions = require(${JSON.stringify(functions)});
    const loaded = Object.keys(require.cache).join('\\n');
    console.log(JSON.stringify({
      names: Object.keys(functions).sort(),
      sdks: /node_modules\\/(firebase-admin|firebase-functions|google-gax|@grpc)\\//.test(loaded),
      endpoint: functions.onCallbackWritten.__endpoint,
    }));`;
  const env = { PATH: process.env['PATH'] ?? '', GCLOUD_PROJECT: 'demo-p', METADATA_SERVER_DETECTION: 'none', ...environment }; // prettier-ignore
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', tell], { env });
  return JSON.parse(stdout) as { names: string[]; sdks: boolean; endpoint?: object };
}

test('where the trigger runs, it is all that is loaded, and no SDK of Google’s', async () => {
  expect(await loaded({ FUNCTION_TARGET: 'onCallbackWritten' })).toEqual({ names: ['onCallbackWritten'], sdks: false });
});

test.each<{ name: string; given: Readonly<Record<string, string>> }>([
  { name: 'where another function runs', given: { FUNCTION_TARGET: 'retryNotice' } },
  { name: 'at deployment', given: { FUNCTIONS_CONTROL_API: 'true', FUNCTION_TARGET: 'onCallbackWritten' } },
])('$name, all functions are there, the trigger among them with its event', async ({ given }) => {
  const { names, endpoint } = await loaded(given);
  expect(names).toEqual(expect.arrayContaining(['admin', 'onCallbackWritten', 'retryNotice', 'sweepNotices']));
  expect(endpoint).toMatchObject({
    platform: 'gcfv2',
    timeoutSeconds: 120,
    eventTrigger: {
      eventType: 'google.cloud.firestore.document.v1.written',
      retry: true,
      eventFilterPathPatterns: { document: 'callbacks/{callbackId}' },
    },
  });
});
