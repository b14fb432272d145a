import type { DeadLetterOptions } from '../../scripts/dead-letters-options.ts';
import { optionsOf, usage } from '../../scripts/dead-letters-options.ts';
import { hour, minute, monday } from '../support/builders.ts';

const plain: DeadLetterOptions = { command: 'list', noticeIds: [], filter: {}, gone: false, dryRun: false, port: 8900 };
const id = 'a1b2c3d4e5f6';

test.each<{ name: string; given: string; expect: Partial<DeadLetterOptions> }>([
  { name: 'nothing: the list of all', given: '', expect: {} },
  { name: 'the list', given: 'list', expect: {} },
  { name: 'one notice', given: `list ${id}`, expect: { noticeIds: [id] } },
  { name: 'a replay of two', given: `replay ${id} ${id}00`, expect: { command: 'replay', noticeIds: [id, `${id}00`] } },
  { name: 'a replay of all, with the devices that are gone', given: 'replay --all --gone', expect: { command: 'replay', gone: true } }, // prettier-ignore
  { name: 'a rehearsal', given: 'discard --all --dry-run', expect: { command: 'discard', dryRun: true } },
  {
    name: 'every filter',
    given: '--queue sales --event CALLBACK_READY --code TIMEOUT --older 30m --newer 12h',
    expect: {
      filter: {
        serviceName: 'sales',
        event: 'CALLBACK_READY',
        code: 'TIMEOUT',
        before: monday - 30 * minute,
        after: monday - 12 * hour,
      },
    },
  },
  { name: 'seconds', given: '--newer 90s', expect: { filter: { after: monday - 90_000 } } },
  { name: 'days', given: '--older 3d', expect: { filter: { before: monday - 72 * hour } } },
  { name: 'another stack', given: '--port 9100', expect: { port: 9100 } },
  { name: 'a deployed project', given: '--project our-centre', expect: { project: 'our-centre' } },
])('it is asked for $name', ({ given, expect: expected }) => {
  expect(optionsOf(given.split(' ').filter(Boolean), monday)).toEqual({ ...plain, ...expected });
});

test.each<{ name: string; given: string; expect: RegExp }>([
  { name: 'an unknown command', given: 'resend', expect: /There is no command "resend"/ },
  { name: 'replaying nothing', given: 'replay', expect: /Name the notices to replay, or --all/ },
  { name: 'filters without --all', given: 'discard --queue sales', expect: /Name the notices to discard, or --all/ },
  { name: 'names and --all at once', given: `discard ${id} --all`, expect: /Name the notices to discard, or --all/ },
  { name: 'names and a filter', given: `replay ${id} --queue q`, expect: /not both/ },
  { name: 'an id that is too short', given: 'replay a1b2c3d', expect: /"a1b2c3d" is no notice: name 8 digits/ },
  { name: 'an id that is none', given: 'list callback-1', expect: /"callback-1" is no notice/ },
  { name: 'an unknown event', given: '--event CALLBACK_LOST', expect: /There is no event "CALLBACK_LOST"/ },
  { name: 'a time without a unit', given: '--older 30', expect: /--older must be a time such as 90s/ },
  { name: 'a time of nothing', given: '--newer=', expect: /--newer must be a time such as 90s/ },
  {
    name: 'times that leave nothing',
    given: '--older 2h --newer 1h',
    expect: /dead for 2h at least and for 1h at most/,
  },
  { name: '--gone with discard', given: 'discard --all --gone', expect: /--gone goes with replay only/ },
  { name: '--dry-run with list', given: '--dry-run', expect: /--dry-run goes with replay and discard only/ },
  { name: 'a port that is none', given: '--port 80', expect: /--port must be a number from 1024/ },
  { name: 'an unknown option', given: '--everything', expect: /--everything/ },
])('it is called wrongly: $name', ({ given, expect: expected }) => {
  expect(() => optionsOf(given.split(' '), monday)).toThrow(expected);
});

test('every option is in its usage', () => {
  const options = ['all', 'queue', 'event', 'code', 'older', 'newer', 'gone', 'dry-run', 'project', 'port'];
  expect(options.filter((option) => !usage.includes(`--${option}`))).toEqual([]);
});
