/** `npm run api-key`: makes, lists and revokes the keys of the Engagement API. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { createApiKeyAdministration } from '../functions/src/console/api-keys.ts';
import { createApiKeyStore } from '../functions/src/keys/store.ts';
import { masked, newKeySchema, scopes, type PublicKey } from '../functions/src/keys/api-key.ts';
import { createAuditLog } from '../functions/src/console/audit.ts';
import { parse } from '../functions/src/base/problems.ts';
import { Firestore } from '../local/functions-firestore.ts';
import { defaultBasePort, host, portsFrom } from '../local/ports.ts';
import { projectId as localProject } from '../local/stack.ts';
import { demandListener, run, UsageError, wholeNumber } from '../local/terminal.ts';

const usage = `npm run api-key -- create NAME --scope SCOPE … [--queue QUEUE …] [--rate N] | list | revoke ID
                   [--project PROJECT | --port N]

  --scope SCOPE       ${scopes.join(', ')}; a mobile app gets call-in and nothing else
  --queue QUEUE       the only queues that the key sees (default: all)
  --rate N            requests a minute (default 600)
  --project PROJECT   a deployed project, with your Google credentials (gcloud auth application-default login)
  --port N            a local stack on another block of ports (default ${defaultBasePort})`;

run(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scope: { type: 'string', multiple: true, default: [] },
      queue: { type: 'string', multiple: true },
      rate: { type: 'string' },
      project: { type: 'string' },
      port: { type: 'string', default: String(defaultBasePort) },
    },
  });
  const [command = 'list', subject = ''] = positionals;
  const wanted = command === 'create' ? newKeyOf({ ...values, name: subject }) : undefined;
  if (!['create', 'list', 'revoke'].includes(command)) throw new UsageError(`There is no command "${command}".`);
  if (command === 'revoke' && subject === '') throw new UsageError('Name the key: its id is on the list.');
  const { firestore } = portsFrom(wholeNumber('--port', values.port, 1024, 65_000));
  if (!values.project) {
    process.env['FIRESTORE_EMULATOR_HOST'] = `${host}:${firestore}`;
    await demandListener(host, firestore, 'local Firestore');
  }
  const db = new Firestore({ projectId: values.project ?? localProject });
  const report = (error: unknown) => {
    console.error('It could not be put on record:', error instanceof Error ? error.message : error);
  };
  const keys = createApiKeyAdministration({
    store: createApiKeyStore(db),
    audit: createAuditLog(db),
    now: () => Date.now(),
    report,
  });
  // Whoever has the database is its administrator.
  const by = { email: `${userInfo().username} (command line)`, role: 'administrator' } as const;
  try {
    if (wanted) {
      const { key } = await keys.create(wanted, by);
      console.log(key);
      console.error('Keep it now: it is not shown again.');
    } else if (command === 'revoke') {
      // The id, what a list shows of the key, or the key itself.
      const id = subject.replace(/^cbp_/, '').replace(/_.*$/, '');
      await keys.revoke(id, by);
      console.log(`${masked(id)} is revoked. It stops working within a minute.`);
    } else {
      const all = await keys.list();
      console.log([...all.map(describe), all.length === 1 ? '1 key' : `${all.length} keys`].join('\n'));
    }
    return 0;
  } finally {
    await db.terminate();
  }
});

function newKeyOf({ name, scope, queue, rate }: { name: string; scope: string[]; queue?: string[]; rate?: string }) {
  const requestsPerMinute = rate === undefined ? undefined : wholeNumber('--rate', rate, 1, 60_000);
  const parsed = parse(newKeySchema, { name, scopes: scope, queues: queue, requestsPerMinute });
  if ('value' in parsed) return parsed.value;
  throw new UsageError(parsed.problems.join('; '));
}

function describe({ key, name, scopes: granted, queues, lastUsedAt, revokedAt }: PublicKey): string {
  const used = lastUsedAt === null ? 'never used' : `used ${lastUsedAt}`;
  const state = revokedAt === null ? used : `revoked ${revokedAt}`;
  return `${key}  ${name}  ${granted.join(' ')}  ${queues?.join(' ') ?? 'all queues'}  ${state}`;
}
