import { planOf } from '../../functions/src/delivery/announcement.ts';
import { newDocument, openingFields, type NewEntry } from '../../functions/src/delivery/ledger-entry.ts';
import { createOpener } from '../../functions/src/delivery/opening.ts';
import type { Stop } from '../../functions/src/guards/circuit.ts';
import { aNotice, anAnnouncement, hour, monday, second } from '../support/builders.ts';

const stopped: Stop = {
  until: monday + 5 * second,
  scope: 'credentials',
  code: 'PERMISSION_DENIED',
  detail: 'what FCM said',
};

/** What the ledger is asked to write of a notice that has to wait. */
async function held({ stop, notBefore }: { stop?: Stop; notBefore?: number }): Promise<NewEntry | undefined> {
  let written: NewEntry | undefined;
  const opener = createOpener({
    ledger: {
      claim(noticeId, entry) {
        written = entry;
        return Promise.resolve({ claim: { noticeId, updateTime: '' } });
      },
      takeOver: () => Promise.resolve(undefined),
    },
    gate: { stop: () => stop },
    attempt: () => Promise.reject(new Error('nothing is to be sent now')),
    comeAgain: () => Promise.resolve(),
    log: () => undefined,
    now: () => monday,
    random: () => 0,
    leaseMs: second,
  });
  const notice = aNotice(notBefore === undefined ? {} : { notBefore });
  await opener.first(planOf(anAnnouncement({ notice })));
  return written;
}

test('a notice that is held because nothing can be sent tells why in the ledger, should it end so', async () => {
  const entry = await held({ stop: stopped });
  const lastError = { code: 'PERMISSION_DENIED', detail: 'what FCM said' };
  expect(entry).toMatchObject({ state: 'WAITING', dueAt: monday + 5 * second, lastError });
  expect(entry && newDocument(entry)).toMatchObject({ lastError });
});

test('a notice that waits for a phone that may ring tells of no error', async () => {
  const entry = await held({ notBefore: monday + 20 * second });
  expect(entry).toMatchObject({ state: 'WAITING', dueAt: monday + 20 * second });
  expect(entry && newDocument(entry)).not.toHaveProperty('lastError');
});

test('an attempt that begins leaves the error of the one before where it is', () => {
  const opening = { state: 'SENDING', targets: [], changedAt: monday, now: monday, staleAt: monday + hour } as const;
  const fields = openingFields({ ...opening, dueAt: monday + second }, { attempts: 1, deleted: false });
  expect(fields).not.toHaveProperty('lastError');
});
