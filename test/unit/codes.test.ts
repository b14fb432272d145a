import { readFileSync } from 'node:fs';
import path from 'node:path';
import { remedies } from '../../scripts/dead-letters-remedies.ts';

const root = path.resolve(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** Where codes are made up, or read out of what others say. */
const sources = [
  'fcm/answer.ts',
  'fcm/doubt.ts',
  'fcm/result.ts',
  'fcm/sender.ts',
  'google/access-token.ts',
  'google/connection-failure.ts',
  'google/token-answer.ts',
  'credentials/vault.ts',
  'guards/guards.ts',
  'delivery/opening.ts',
  'delivery/retry.ts',
  'delivery/target-row.ts',
];
/** Words that look like codes: states, severities, methods, what others call it. */
const otherWords = new Set(
  (
    'ACCEPTED GONE LATER PENDING REFUSED EXPIRED FAILED SENDING SENT SUPERSEDED WAITING ' +
    'ERROR INFO WARNING GET POST JWT RS256 RESOURCE_EXHAUSTED UNSPECIFIED_ERROR'
  ).split(' '),
);

function codesInSource(): string[] {
  const words = sources.flatMap((file) => textOf(`functions/src/${file}`).match(/(?<=')[A-Z][A-Z0-9_]+(?=')/g) ?? []);
  return [...new Set(words)].filter((word) => !otherWords.has(word)).toSorted();
}

function codesInReadme(): string[] {
  const [, atNight = ''] = textOf('README.md').split('\n## At night\n');
  const [, table = ''] = atNight.split('| code | what to do |');
  const rows = table.split('\n\n')[0]?.split('\n') ?? [];
  return rows.flatMap((row) => row.split('|')[1]?.match(/(?<=`)[A-Z][A-Z0-9_]+(?=`)/g) ?? []).toSorted();
}

test('the README says of every code that can be met at night what to do, once, and of no other', () => {
  expect(codesInReadme()).toEqual(codesInSource());
});

test('the list of dead letters says of every code that they can have what to do, and of no other', () => {
  // A phone that rings is waited for until it does not: no notice ends so.
  expect(Object.keys(remedies).toSorted()).toEqual(codesInSource().filter((code) => code !== 'RINGING'));
});
