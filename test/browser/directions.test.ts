import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { NoticeText } from '../../functions/src/callback/notice-text.ts';
import type { Settings } from '../../functions/src/callback/settings.ts';
import { textOf } from '../../functions/src/notice/wording.ts';
import { aCallIn, aCallback, aMessageRequest, aNotice, someSettings } from '../support/builders.ts';
import { launchChrome } from '../support/chrome.ts';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchChrome();
}, 300_000);
beforeEach(async () => {
  page = await browser.newPage();
});
afterEach(() => page.close());
afterAll(() => browser.close());

const number = '+1 800 555-0199';
const code = '0471-22';

function callInText(language: string, serviceName = 'sales', messages: Settings['messages'] = {}): NoticeText {
  const callIn = aCallIn({ toPhoneNumber: number, accessCode: code });
  const callback = aCallback({ language, serviceName, callIn });
  const notice = aNotice({ event: 'CALLBACK_CALL_IN' });
  return textOf(aMessageRequest({ callback, notice, settings: someSettings({ messages }) }));
}

/** As a phone shows it: each line in the direction of its own text. */
async function show({ title, body }: NoticeText): Promise<void> {
  await page.setContent(
    `<body style="font: 20px sans-serif; width: 700px"><h3 dir="auto">${title}</h3><p dir="auto">${body}</p></body>`,
  );
}

/** The characters of a piece of the shown text in the order in which they stand, from the left. */
async function fromTheLeft(piece: string): Promise<string> {
  const lefts = await page.evaluate<number[]>(`(() => {
    const node = document.querySelector('p').firstChild;
    const start = node.data.indexOf(${JSON.stringify(piece)});
    return Array.from({ length: start < 0 ? 0 : ${piece.length} }, (_, index) => {
      const range = document.createRange();
      range.setStart(node, start + index);
      range.setEnd(node, start + index + 1);
      return range.getClientRects()[0].left;
    });
  })()`);
  const places = lefts.map((left, index) => ({ left, character: piece.charAt(index) }));
  return places
    .toSorted((a, b) => a.left - b.left)
    .map(({ character }) => character)
    .join('');
}

test.each(['ar', 'he'])('in a text in %s the number and the code read as they are dialled', async (language) => {
  await show(callInText(language));
  const screenshots = path.resolve(import.meta.dirname, '../../.local/screenshots');
  mkdirSync(screenshots, { recursive: true });
  const clip = { x: 0, y: 0, width: 740, height: 140 };
  await page.screenshot({ path: path.join(screenshots, `call-in-${language}.png`), clip });
  expect(await fromTheLeft(number)).toBe(number);
  expect(await fromTheLeft(code)).toBe(code);
});

test('without isolates the number would not: the eye of these tests is sharp', async () => {
  const { title, body } = callInText('ar');
  await show({ title, body: body.replace(/[\u2066-\u2069]/g, '') });
  expect(await fromTheLeft(number)).not.toBe(number);
});

test('a Hebrew name of a queue does not turn the English text around it', async () => {
  const own = { title: 'Call us', body: 'Queue {queue} - 2 agents, {number}' };
  await show(callInText('en', 'מכירות', { CALLBACK_CALL_IN: { en: own } }));
  const rest = ` - 2 agents, ${number}`;
  expect(await fromTheLeft(rest)).toBe(rest);
});
