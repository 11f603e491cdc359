// Call-outs: whether one may be asked off shift, and the answer when help is needed.

import { byId, el, when } from '../shared/dom.js';
import { phrase, say, time } from '../shared/words.js';
import { button } from './bits.js';
import { aloud, notice, told } from './notices.js';
import { call } from './signals.js';
import { changed, state } from './state.js';

const ANSWERS = {
  asked: ['come', 'not-now'],
  declined: ['come'],
  helping: ['not-now'],
  covered: [],
};
const heard = new Set();
let connection = null;

export function begin(opened) {
  connection = opened;
  byId('plain-call-out')?.remove();
  byId('may-be-asked').addEventListener('submit', choose);
}

/** What is asked of this person now, with its answers; nothing while nothing is. */
export function callOut() {
  const it = state.board.call_out;
  if (!it) return null;
  if (it.state === 'asked' && !heard.has(it.id)) {
    heard.add(it.id);
    aloud(it.text, { atOnce: true });
    call();
  }
  const deeds = {
    come: () => button('come', say('call_come'), { call: it.id }, { class: 'main' }),
    'not-now': () =>
      button('not-now', say(it.state === 'helping' ? 'call_go' : 'call_not_now'), { call: it.id }),
  };
  return el(
    'div',
    { class: `notice ${it.state === 'asked' ? 'warn' : ''}`, id: 'call-out' },
    el('span', null, it.text, ' ', el('span', { class: 'hint' }, say('alert_since', { time: time(it.since) }))),
    ANSWERS[it.state].map((each) => deeds[each]()),
  );
}

/** For a lead: that people are being asked, how many, and who comes. */
export function running() {
  return state.board.call_outs.map(({ id, when: since, words }) =>
    el('div', { class: 'notice', id: `running-${id}` }, el('span', null, phrase('call_runs', { when: since, counts: words }))));
}

async function answer(id, comes) {
  const answered = await connection.ask('answer_call_out', { call_out: id, comes });
  if (answered.ok) {
    state.board.me = answered.presence;
    state.board.call_out = answered.call_out;
  } else told(answered);
  changed();
}

when('come', ({ call: id }) => answer(id, true));
when('not-now', ({ call: id }) => answer(id, false));

/** Without a connection the form goes the plain way. */
async function choose(event) {
  if (!connection.isUp()) return;
  event.preventDefault();
  const answered = await connection.ask('may_be_asked', { when: event.target.elements.when.value });
  if (answered.ok) notice(say('may_be_asked_kept'), 'ok');
  else told(answered);
}
