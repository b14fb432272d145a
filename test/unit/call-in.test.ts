import { callInKey, newAccessCode, newCallIn } from '../../functions/src/engagement/call-in.ts';
import { dialable } from '../../functions/src/engagement/phone-number.ts';
import { acceptedUserData, isStorable } from '../../functions/src/engagement/user-data.ts';
import { minute, monday } from '../support/builders.ts';

const group = { groupName: 'sales', numbers: ['1', '2'], accessCode: true, accessCodeLength: 5, expirySeconds: 600 };

test('a code has its length and never begins with 0', () => {
  const lowest = newAccessCode(group, (min) => min);
  const highest = newAccessCode(group, (_, max) => max);
  expect([lowest, highest]).toEqual(['10000', '99999']);
});

test('the number is one of the group’s, and the request ends with its callback', () => {
  const last = (_: number, max: number) => max;
  expect(newCallIn('id', group, last, monday, null)).toEqual({
    id: 'id',
    groupName: 'sales',
    toPhoneNumber: '2',
    expirationTime: monday + 10 * minute,
  });
  expect(newCallIn('id', group, last, monday, new Date(monday + minute)).expirationTime).toBe(monday + minute);
});

test('groups do not share codes, whatever they are called', () => {
  const key = (groupName: string) =>
    callInKey({ ...newCallIn('id', group, () => 0, monday, null), groupName, accessCode: '1234' });
  expect(new Set(['a', 'a/b', 'a~1', 'a%2Fb', 'ä', '..'].map(key)).size).toBe(6);
  expect(key('a/b')).not.toContain('/');
});

test.each<[string, string, 'DE' | 'US' | undefined, string | undefined]>([
  ['an international number', '+49 (30) 555-01000', undefined, '+493055501000'],
  ['one with 00, from a country', '0049 30 55501000', 'DE', '+493055501000'],
  ['a national one', '030 55501000', 'DE', '+493055501000'],
  ['the same without a country', '030 55501000', undefined, undefined],
  ['Genesys’ example', '9059683457', 'US', '+19059683457'],
  ['too short', '+4930', undefined, undefined],
  ['too long', '+4930555010001234567', undefined, undefined],
  ['words', 'call me on +493055501000', undefined, undefined],
  ['nothing', '', 'DE', undefined],
])('%s', (_, number, country, expected) => {
  expect(dialable(number, country)).toBe(expected);
});

test('keys of user data are variable names; others are ignored', () => {
  expect(
    acceptedUserData({ a: 1, $b: 2, _c1: 3, ünï: 4, 'd-e': 5, '1f': 6, '': 7, __proto__x__: 8, 'g.h': 9 }),
  ).toEqual({
    a: 1,
    $b: 2,
    _c1: 3,
    ünï: 4,
  });
});

test.each<[string, unknown, boolean]>([
  ['plain values', { a: [1, 'x', null, true, { b: [2] }] }, true],
  ['a list in a list', { a: [[1]] }, false],
  ['ten levels', JSON.parse(`${'{"a":'.repeat(10)}1${'}'.repeat(10)}`), true],
  ['twelve levels', JSON.parse(`${'{"a":'.repeat(12)}1${'}'.repeat(12)}`), false],
  ['an empty key within', { a: { '': 1 } }, false],
  ['a reserved key within', { a: { __b__: 1 } }, false],
  ['half a character', { a: '\ud800' }, false],
])('%s can be stored: %p', (_, value, expected) => {
  expect(isStorable(value)).toBe(expected);
});
