import { decide } from '../../functions/src/notice/decision.ts';
import { silences } from '../../functions/src/notice/silences.ts';
import { noticeEvents } from '../../functions/src/callback/notice-event.ts';
import { monday, someSettings } from '../support/builders.ts';
import { attemptRows, purgedRows } from './decision-ending-rows.ts';
import { callInRows, otherRows, readyRows, upcomingRows } from './decision-rows.ts';

const tables = {
  CALLBACK_UPCOMING: upcomingRows,
  CALLBACK_READY: readyRows,
  CALLBACK_CALL_IN: callInRows,
  CALLBACK_PURGED: purgedRows,
  'failed attempts': attemptRows,
  'changes as a whole': otherRows,
};

describe.each(Object.entries(tables))('%s', (_, rows) => {
  test.each(rows)('$name', ({ given, expect: expected }) => {
    const { before, after, settings = someSettings(), now = monday } = given;
    expect(decide(before, after, settings, now)).toEqual(expected);
  });
});

test('the tables name every event and every silence', () => {
  const named = Object.values(tables)
    .flat()
    .flatMap(({ expect: decision }): string[] =>
      'silence' in decision ? [decision.silence] : decision.notices.map(({ event }) => event),
    );
  expect(new Set(named)).toEqual(new Set([...noticeEvents, ...Object.keys(silences)]));
});
