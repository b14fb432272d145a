/** `npm run dead-letters`: lists the notices that reached nobody, and has them sent again. */
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import type * as FirestoreClient from '@google-cloud/firestore';
import { createLedger, type Entry } from '../functions/src/ledger.ts';
import { defaultBasePort, host, portsFrom } from '../local/ports.ts';
import { projectId as localProject } from '../local/stack.ts';
import { demandListener, run, UsageError, wholeNumber } from '../local/terminal.ts';

// The functions' own copy of the client: another copy's refuses the Timestamps that their ledger writes.
const { Firestore } = createRequire(new URL('../functions/package.json', import.meta.url))(
  '@google-cloud/firestore',
) as typeof FirestoreClient;

const usage = `npm run dead-letters -- [list | replay NOTICE-ID … | replay --all] [--project PROJECT | --port N]

  --project PROJECT   a deployed project, with your Google credentials (gcloud auth application-default login)
  --port N            a local stack on another block of ports (default ${defaultBasePort})`;

/** So many at a time: replay all of them again when there are more. */
const limit = 1000;

run(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      port: { type: 'string', default: String(defaultBasePort) },
      all: { type: 'boolean', default: false },
    },
  });
  const [command = 'list', ...noticeIds] = positionals;
  if (command !== 'list' && command !== 'replay') throw new UsageError(`There is no command "${command}".`);
  if (command === 'list' && (values.all || noticeIds.length > 0)) throw new UsageError('list takes nothing more.');
  if (command === 'replay' && values.all === noticeIds.length > 0)
    throw new UsageError('Name the notices to replay, or --all.');
  const { firestore } = portsFrom(wholeNumber('--port', values.port, 1024, 65_000));
  if (!values.project) {
    process.env['FIRESTORE_EMULATOR_HOST'] = `${host}:${firestore}`;
    await demandListener(host, firestore, 'local Firestore');
  }
  const db = new Firestore({ projectId: values.project ?? localProject });
  try {
    const ledger = createLedger(db);
    const letters = await ledger.deadLetters(limit);
    if (command === 'list') {
      console.log([...letters.map(describe), `${letters.length} dead letters`].join('\n'));
      return 0;
    }
    const unknown = noticeIds.filter((id) => !letters.some(({ noticeId }) => noticeId === id));
    if (unknown.length > 0) throw new Error(`No dead letter: ${unknown.join(', ')}. Nothing was replayed.`);
    const wanted = letters.filter(({ noticeId }) => values.all || noticeIds.includes(noticeId));
    const replayed = await Promise.all(wanted.map((letter) => ledger.replay(letter, Date.now())));
    console.log(
      `${replayed.filter(Boolean).length} replayed; the next sweep, within a minute, sends those that are still true.`,
    );
    return 0;
  } finally {
    await db.terminate();
  }
});

function describe({ noticeId, callbackId, serviceName, notice, state, attempts, changedAt, targets }: Entry): string {
  const codes = [...new Set(targets.flatMap(({ code }) => code ?? []))].join(' ');
  return [
    new Date(changedAt).toISOString(),
    state.padEnd(7),
    notice.event,
    callbackId,
    serviceName,
    `${attempts}×`,
    codes,
    noticeId,
  ].join('  ');
}
