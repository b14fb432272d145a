// Shows what the local FCM accepted, newest first. Everything from a message goes through textContent.

const mostShown = 500;

const byId = (id) => document.getElementById(id);
const search = byId('search');
const list = byId('messages');

/** Message name ▶ its card. The name is unique even when the server was restarted and counts from 1 again. */
const cards = new Map();
let added = 0;
let isLoaded = false;
let isRenderDue = false;

function show(message) {
  if (cards.has(message.name)) return false;
  const element = cardOf(message);
  const card = { message, element, order: (added += 1), words: wordsOf(message) };
  const older = [...list.children].find((item) => Number(item.dataset.sequence) < message.sequence);
  list.insertBefore(element, older ?? null);
  cards.set(message.name, card);
  if (cards.size > mostShown) drop(oldestCard());
  return true;
}

function drop(card) {
  card.element.remove();
  cards.delete(card.message.name);
}

function oldestCard() {
  return [...cards.values()].reduce((oldest, card) =>
    card.message.sequence < oldest.message.sequence ? card : oldest,
  );
}

function cardOf(message) {
  const item = byId('card').content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`.${name}`);
  const { title, body } = textOf(message.message);
  item.dataset.sequence = message.sequence;
  part('queue').textContent = message.message.data?.serviceName ?? message.project;
  part('time').textContent = timeOf(message.receivedAt);
  part('time').dateTime = message.receivedAt;
  part('time').title = message.receivedAt;
  part('title').textContent = title || 'No title: a data message';
  part('body').textContent = body;
  part('event').textContent = (message.event ?? 'no event')
    .replace(/^CALLBACK_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  part('event').dataset.event = message.event ?? '';
  part('callback').textContent = message.callbackId ?? '';
  part('callback').hidden = message.callbackId === null;
  part('callback').addEventListener('click', () => {
    search.value = message.callbackId;
    render();
    search.focus();
  });
  part('target').textContent = `to …${message.target.slice(-6)}`;
  part('actions').append(...actionsOf(message.message).map(actionOf));
  part('raw').addEventListener('toggle', () => {
    part('raw').querySelector('pre').textContent = JSON.stringify(message, null, 2);
  });
  return item;
}

function actionOf(title) {
  const action = document.createElement('li');
  action.textContent = title;
  return action;
}

/** The text as the device shows it: a platform's own words stand before the common ones. */
function textOf({ notification = {}, android = {}, webpush = {}, apns = {} }) {
  const alert = apns.payload?.aps?.alert;
  const own = typeof alert === 'string' ? { body: alert } : (alert ?? {});
  const sources = [android.notification ?? {}, webpush.notification ?? {}, own, notification];
  const first = (name) => sources.map((source) => source[name]).find((text) => typeof text === 'string' && text !== '');
  return { title: first('title') ?? '', body: first('body') ?? '' };
}

function actionsOf({ webpush }) {
  const actions = webpush?.notification?.actions;
  return Array.isArray(actions) ? actions.map(({ title }) => String(title)) : [];
}

function wordsOf({ callbackId, event, message }) {
  const { title, body } = textOf(message);
  return [callbackId, event, title, body, message.data?.serviceName].join('\n').toLowerCase();
}

function timeOf(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** Brings the page in line with the cards and the search: what is hidden, replaced, counted or missing. */
function render() {
  isRenderDue = false;
  const wanted = search.value.trim().toLowerCase();
  const replacedBy = new Map(
    [...cards.values()]
      .map(({ message }) => [message.replaces, message.sequence])
      .filter(([earlier]) => earlier !== null),
  );
  let visible = 0;
  for (const { message, element, words } of cards.values()) {
    element.hidden = !words.includes(wanted);
    if (!element.hidden) visible += 1;
    const later = replacedBy.get(message.sequence);
    element.classList.toggle('is-replaced', later !== undefined);
    const note = element.querySelector('.replaced');
    note.hidden = later === undefined;
    note.textContent = 'A later message took its place on the device';
  }
  const many = cards.size === mostShown ? `the newest ${mostShown}` : `${cards.size}`;
  byId('count').textContent =
    wanted === '' ? `${many} ${cards.size === 1 ? 'message' : 'messages'}` : `${visible} of ${many}`;
  byId('count').hidden = cards.size === 0;
  byId('empty').disabled = cards.size === 0;
  showNothing(isLoaded && visible === 0, wanted);
}

/** Once a frame is enough, however fast messages arrive. */
function renderSoon() {
  if (!isRenderDue) requestAnimationFrame(render);
  isRenderDue = true;
}

function showNothing(isEmpty, wanted) {
  const [title, hint] =
    cards.size === 0
      ? ['No messages yet', 'What the local FCM accepts appears here the moment it arrives.']
      : [`Nothing matches “${wanted}”`, 'Search a callback id, an event, a queue or words of the text.'];
  const nothing = byId('nothing');
  nothing.hidden = !isEmpty;
  nothing.querySelector('.nothing-title').textContent = title;
  nothing.querySelector('.nothing-hint').textContent = hint;
}

/** Reads the whole inbox, and drops what is no longer in it; what arrives while reading stays. */
async function load() {
  const before = added;
  const { messages } = await call('GET', `/inbox.json?limit=${mostShown}`);
  const names = new Set(messages.map(({ name }) => name));
  for (const card of cards.values()) {
    if (card.order <= before && !names.has(card.message.name)) drop(card);
  }
  messages.toReversed().forEach(show);
  isLoaded = true;
  render();
}

async function call(method, address) {
  const response = await fetch(address, { method });
  if (!response.ok) throw new Error(`${method} ${address} answered ${response.status}`);
  return response.json();
}

async function attempt(work) {
  const problem = byId('problem');
  try {
    await work();
    problem.hidden = true;
  } catch (error) {
    problem.textContent = `${error.message}. The inbox below may be out of date.`;
    problem.hidden = false;
  }
}

function setConnection(state, text) {
  byId('connection').dataset.state = state;
  byId('connection').textContent = text;
}

function emptied() {
  for (const card of cards.values()) drop(card);
  render();
}

const events = new EventSource('/inbox/events');
events.addEventListener('open', () => {
  setConnection('connected', 'Connected');
  void attempt(load);
});
events.addEventListener('error', () => setConnection('reconnecting', 'Reconnecting…'));
events.addEventListener('emptied', emptied);
events.addEventListener('message', ({ data }) => {
  const message = JSON.parse(data);
  if (!show(message)) return;
  renderSoon();
  byId('announcement').textContent = `New message: ${textOf(message.message).title || message.event || 'no title'}`;
});
search.addEventListener('input', render);
byId('tools').addEventListener('submit', (event) => event.preventDefault());
byId('empty').addEventListener('click', () => void attempt(() => call('DELETE', '/inbox.json')));

search.value = new URLSearchParams(location.search).get('q') ?? '';
render();
