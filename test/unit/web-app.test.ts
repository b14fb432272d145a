import { problemsOf, readWebApp, type WebApp } from '../../hosting/src/web-app.ts';

const app: WebApp = {
  appId: '1:765432109876:web:4f2a9c0d1e3b5a7c9d1e3f',
  apiKey: 'AIzaSyDexample_-1234567890',
  senderId: '765432109876',
  vapidKey: '',
};

test.each<{ name: string; given: Partial<WebApp>; enabled?: boolean; wrong: string[] }>([
  { name: 'the values of one app', given: {}, wrong: [] },
  { name: 'a web push certificate key', given: { vapidKey: `B${'x'.repeat(86)}` }, wrong: [] },
  {
    name: 'nothing at all',
    given: { appId: '', apiKey: '', senderId: '' },
    enabled: false,
    wrong: ['appId', 'apiKey', 'senderId', 'enabled'],
  },
  { name: 'the box not ticked', given: {}, enabled: false, wrong: ['enabled'] },
  { name: 'the App ID of a phone app', given: { appId: '1:765432109876:android:ab' }, wrong: ['appId'] },
  { name: 'a name for an App ID', given: { appId: 'my app' }, wrong: ['appId'] },
  { name: 'the former server key', given: { apiKey: 'AAAAabc:APA91b' }, wrong: ['apiKey'] },
  { name: 'a private key', given: { apiKey: '-----BEGIN PRIVATE KEY-----' }, wrong: ['apiKey'] },
  { name: 'quotes around the key', given: { apiKey: '„AIza“' }, wrong: ['apiKey'] },
  { name: 'a project for a sender', given: { senderId: 'fcm-client-11959' }, wrong: ['senderId'] },
  { name: 'the sender of another app', given: { senderId: '1' }, wrong: ['senderId'] },
  { name: 'the private certificate key', given: { vapidKey: 'x'.repeat(43) }, wrong: ['vapidKey'] },
  {
    name: 'too much in every field',
    given: {
      appId: 'x'.repeat(600),
      apiKey: 'x'.repeat(600),
      senderId: '1'.repeat(600),
      vapidKey: 'x'.repeat(600),
    },
    wrong: ['appId', 'apiKey', 'senderId', 'vapidKey'],
  },
])('$name: $wrong', ({ given, enabled = true, wrong }) => {
  expect(problemsOf({ ...app, ...given }, enabled).map(({ field }) => field)).toEqual(wrong);
});

test.each([
  ['JSON', JSON.stringify({ appId: app.appId, apiKey: app.apiKey, messagingSenderId: app.senderId })],
  [
    'the console’s snippet',
    `const firebaseConfig = {\n  apiKey: "${app.apiKey}",\n  messagingSenderId: "${app.senderId}",\n  appId: "${app.appId}",\n};`,
  ],
])('a configuration pasted as %s fills in its values', (_name, text) => {
  expect(readWebApp(text)).toEqual({ appId: app.appId, apiKey: app.apiKey, senderId: app.senderId });
});

test.each([
  ['an App ID', app.appId],
  ['nothing', ''],
  ['far too much', `appId: "x"${' '.repeat(100_000)}`],
])('%s is no configuration', (_name, text) => {
  expect(readWebApp(text)).toBeUndefined();
});
