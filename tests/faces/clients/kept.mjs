// What a listener has in sight of their own words: `node kept.mjs <folder of the modules>`.
// The line keeps them before what was said just before has come to this page; then it comes.

const [, , folder] = process.argv;
const page = {
  me: { id: 'leo', name: 'Leo' },
  shelf: [],
  board: { version: 1, chats: [{ id: 'c', epoch: 1, listener: { id: 'leo' } }], offers: [], alerts: [] },
};
globalThis.document = {
  getElementById: (id) => ({ textContent: JSON.stringify(page[id]) }),
  querySelector: () => null,
  addEventListener() {},
};

const outbox = await import(`${folder}/listener/outbox.js`);
const { begin, talkOf } = await import(`${folder}/listener/talks.js`);

let said = null;
let resumed = null;
const connection = {
  isUp: () => true,
  ask(event, payload) {
    if (event === 'resume') return new Promise((resolve) => (resumed = resolve));
    said = payload;
    return Promise.resolve({ ok: true, seq: 2, sent_at: '2026-11-18T20:00:00Z' });
  },
};
begin(connection);
outbox.begin(connection);

const soon = () => new Promise((resolve) => setTimeout(resolve));
const inSight = () => {
  const { messages } = talkOf('c');
  const known = new Set(messages.map((each) => each.client_id));
  const below = outbox.itemsOf('c').filter((each) => !known.has(each.clientId));
  return [...messages, ...below].map((each) => each.text);
};

outbox.put('c', 'mine');
const shown = [inSight()];
await soon();
shown.push(inSight());
resumed({
  ok: true,
  more: false,
  messages: [
    { chat: 'c', seq: 1, from: 'visitor', text: 'before' },
    { chat: 'c', seq: 2, from: 'listener', text: 'mine', client_id: said.client_id },
  ],
});
await soon();
shown.push(inSight());
console.log(JSON.stringify({ shown, lost: outbox.forget('c') }));
