// When nobody writes: the listener is reminded softly, sets a quiet chat aside, and a lead answers
// what an alert asks.

import { el, when } from '../shared/dom.js';
import { secondsSince, secondsUntil } from '../shared/clock.js';
import { say, span, time } from '../shared/words.js';
import { button } from './bits.js';
import { aloud, told } from './notices.js';
import { call } from './signals.js';
import { changed, chosen, draws, isMine, state, takeChat } from './state.js';

const REMINDED = 1;
const TOLD = 2;
const reminded = new Map(); // chat -> the step that was heard
let connection = null;

export function begin(opened) {
  connection = opened;
  draws(hear);
}

/** Each step of our own silence is heard once, in a soft tone; an answer ends it. */
function hear() {
  for (const { id, quiet } of state.board.chats.filter(isMine)) {
    const step = quiet?.of === 'listener' ? quiet.step : 0;
    if (step > (reminded.get(id) ?? 0)) {
      call();
      aloud(wordsOf(quiet));
    }
    reminded.set(id, step);
  }
}

function wordsOf({ since, step }) {
  return say(step >= TOLD ? 'told_on' : 'reminded', { span: span(secondsSince(since)) });
}

/** What stands at the head of a chat in which somebody says nothing. */
export function quietNotice(chat) {
  if (!isMine(chat)) return null;
  if (chat.parked) return parked(chat);
  if (chat.state !== 'active' || !chat.quiet) return null;
  if (chat.quiet.of === 'visitor') return resting(chat.quiet);
  return chat.quiet.step >= REMINDED && el('p', { class: 'notice warn' }, wordsOf(chat.quiet));
}

function resting({ since, may_park_at: at }) {
  if (!at || secondsUntil(at) > 0) return null;
  return el(
    'div',
    { class: 'notice' },
    el('span', null, say('quiet_for', { span: span(secondsSince(since)) })),
    button('park', say('park')),
  );
}

function parked(chat) {
  return el(
    'div',
    { class: 'notice' },
    el('span', null, say('parked_since', { time: time(chat.parked) })),
    button('take-up', say('take_up')),
  );
}

/** What a lead may answer, beside being on it. */
export function answersTo({ id, answers = [] }) {
  return answers.map((answer) => button('answer-alert', say(`answer_${answer}`), { alert: id, answer }));
}

async function ask(event, thanks) {
  const answer = await connection.ask(event, { chat: chosen().id, epoch: chosen().epoch });
  if (answer.ok) takeChat(answer.chat);
  if (!answer.ok || thanks) told(answer, thanks);
  changed();
}

when('park', () => ask('park', say('park_kept')));
when('take-up', () => ask('take_up'));
when('answer-alert', async ({ alert, answer }) => {
  told(await connection.ask('answer_alert', { alert, answer }), say('answer_kept'));
});
